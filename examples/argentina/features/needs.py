"""What a household needs and has, in terms the themes share: the poverty line, adult equivalents, amounts in baskets.

An amount in baskets is an amount divided by the basket of one adult in that region and quarter: prices drop out. Only
values of rows are looked up (on the day of the interview), never values of as_of: tomorrow's basket is not known.
"""

from tayanch import when

from .registries import (
    adult_equivalent,
    households,
    persons,
    poverty_line,
    usual_income,
    usual_pay,
    usual_pay_in_industry,
)

MONTHS = 3
"""Between two interviews in consecutive quarters; an as_of stands on the day after a quarter's end."""

now = households.last(months=MONTHS)
before = households.last(months=MONTHS, ending=MONTHS)
people = persons.last(months=MONTHS)
people_before = persons.last(months=MONTHS, ending=MONTHS)

reported = households.income_weight > 0
basket = poverty_line.lookup(households.region)
person_basket = poverty_line.lookup(persons.region)
weight = adult_equivalent.lookup(persons.sex, persons.age)

head = persons.relation == "head"
partner = persons.relation == "partner"
age = when(persons.age < 0, 0, persons.age)  # the survey writes -1 before the first birthday
adult = persons.age >= 18
of_working_age = adult & (persons.age < 65)
working = persons.activity == "working"
registered = persons.contributions == "registered"
unregistered = persons.contributions == "unregistered"
on_own = persons.position.isin(["own_account", "employer"])
schooling = when(persons.education == 7, 0, persons.education)
post = persons.contributions.fill("own")

pay = persons.pay / person_basket
income = persons.income / person_basket
pension = persons.pension / person_basket
cash_help = persons.cash_help / person_basket
family_money = persons.family_money / person_basket
other_income = persons.other_income / person_basket
usual = usual_income.lookup(persons.education, persons.age)
usual_at_work = usual_pay.lookup(persons.occupation, post)
usual_in_branch = usual_pay_in_industry.lookup(persons.industry, post)

equivalents = people.sum(weight)
equivalents_before = people_before.sum(weight)
line = now.latest(basket) * equivalents
baskets = now.where(reported).latest(households.income / basket)
ratio = baskets / equivalents
ratio_before = before.where(reported).latest(households.income / basket) / equivalents_before
