"""Who works, how firmly, and who is away for work."""

from tayanch import feature, neighbours, when

from .cohorts import earners, mahalla
from .needs import FILED, paid, paid_before, sent_home, size, within_a_year, workforce
from .registries_money import jobs, migration, selfwork, wages

abroad = migration.current().persons()


@feature(theme="work", unit="share", facts=lambda: {"earners": paid.persons(), "adults": workforce})
def wage_earners_share():
    """Members with a registered wage as a share of those of working age."""
    return paid.persons() / workforce


@feature(theme="work", unit="persons", facts=lambda: {"now": paid.persons(), "before": paid_before.persons()})
def change_of_earners():
    """Change in three months of the number of members with a registered wage."""
    return paid.persons() - paid_before.persons()


@feature(theme="work", unit="persons", facts=lambda: {"adults": workforce})
def without_registered_work():
    """Members of working age beyond those with a wage, with work of their own, or away for work."""
    rest = workforce - paid.persons() - selfwork.current().persons() - abroad
    return when(rest > 0, rest, 0)


@feature(theme="work", unit="persons", facts=lambda: {"people": size, "earners": earners})
def people_per_earner():
    """Members for each one who earns: by wage, own work or money from abroad."""
    return size / earners


@feature(theme="work")
def one_earner():
    """Whether exactly one member earns: by wage, own work or money from abroad."""
    return earners == 1


@feature(theme="work", unit="days")
def since_wage():
    """Days since the month of the last registered wage of any member."""
    return wages.days_since()


@feature(theme="work", unit="months")
def months_with_wage():
    """Months of the last year in which any member had a registered wage."""
    return wages.last(months=12, ending=FILED).distinct(wages.month)


@feature(theme="work", unit="jobs")
def jobs_now():
    """Registered jobs that members hold."""
    return jobs.current().count()


@feature(theme="work", unit="jobs")
def jobs_ended():
    """Registered jobs of members that ended in the last 12 months."""
    return jobs.where(within_a_year(jobs.last_day)).count()


@feature(theme="work", unit="days")
def since_job_began():
    """Days since the newest of the jobs that members hold began."""
    return jobs.current().days_since()


@feature(theme="work", unit="jobs")
def seasonal_jobs():
    """Registered jobs of members in construction or farming, which depend on the season."""
    return jobs.current().where(jobs.sector.isin(["construction", "farming"])).count()


@feature(theme="work", unit="jobs")
def budget_jobs():
    """Registered jobs of members that the state pays for."""
    return jobs.current().where(jobs.sector == "budget").count()


@feature(theme="work", unit="persons")
def own_work():
    """Members registered as self-employed."""
    return selfwork.current().persons()


@feature(theme="work", unit="persons")
def away_for_work():
    """Members who are abroad for work."""
    return abroad


@feature(theme="work", unit="persons")
def returned_from_abroad():
    """Members who came back from work abroad in the last 12 months."""
    return migration.where(within_a_year(migration.returned)).persons()


@feature(theme="work", unit="persons")
def away_without_money():
    """Members abroad for work, where no money from abroad came in three months; else none."""
    return when(sent_home.exists(), 0, abroad)


@feature(theme="work", unit="share")
def area_earners():
    """Registered wage earners to members of working age in the other families of the mahalla, on average."""
    return neighbours(paid.persons() / workforce, by=mahalla)


@feature(theme="work", unit="share")
def area_away():
    """Share of the other families of the mahalla with a member abroad for work."""
    return neighbours(migration.current().exists(), by=mahalla)
