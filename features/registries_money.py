"""Work, income and debt: what the Tax Committee, the Pension Fund, the banks and others deliver."""

from tayanch import Column, registry

from .registries import FEW, LOADED, PERSON


@registry(
    key=("jshshir", "ish_beruvchi", "oy"), links="person", purpose="to know a family's income", owner="Tax Committee"
)
class wages:
    """One person's registered wage from one employer for one month. Source: tax returns of employers, monthly."""

    files = "soliq/ish_haqi-{area}.parquet"
    person = PERSON
    happened_on, known_at = "oy", LOADED
    silent_after, fewest = 3, 0.5

    month = Column("Month the wage is for, its first day.", type="date", source="oy")
    amount = Column("Wage of the month.", unit="UZS", source="summa", low=0, high=1e9, required=True)


@registry(
    key="shartnoma_id",
    links="person",
    purpose="to know who has work",
    owner="Ministry of Employment and Poverty Reduction",
)
class jobs:
    """One registered job of one person, from a day to a day. Source: register of labour contracts, in Russian."""

    files, encoding = "bandlik/mehnat_shartnomalari.csv", "cp1251"
    person = PERSON
    happened_on, known_at, ended = "boshlangan", LOADED, "tugagan"
    silent_after, fewest = 3, 0.5

    sector = Column(
        "Sector of the employer.",
        values={
            "бюджет": "budget",
            "промышленность": "industry",
            "торговля": "trade",
            "строительство": "construction",
            "услуги": "services",
            "сельское хозяйство": "farming",
        },
        source="tarmoq",
        most_missing=FEW,
    )
    last_day = Column("Last day of the job; empty while it lasts.", type="date", source="tugagan")


@registry(key=("jshshir", "boshlangan"), links="person", purpose="to know who has work", owner="Tax Committee")
class selfwork:
    """One person's registration as self-employed, from a day to a day. Source: Tax Committee."""

    files = "soliq/oz_ozini_band.csv"
    person = PERSON
    happened_on, known_at, ended = "boshlangan", LOADED, "tugagan"
    silent_after, fewest = 3, 0.25

    activity = Column("What the person does.", type="code", source="faoliyat", most_missing=FEW)
    last_day = Column("Last day of the registration; empty while it lasts.", type="date", source="tugagan")


@registry(key=("jshshir", "chorak"), links="person", purpose="to know a family's income", owner="Tax Committee")
class declared_income:
    """What one person declared to have earned on their own in one quarter. Source: Tax Committee, quarterly."""

    files = "soliq/deklaratsiya.csv"
    person = PERSON
    happened_on, known_at = "chorak", LOADED
    silent_after, fewest = 7, 0.5

    amount = Column("Income of the quarter.", unit="UZS", source="summa", low=0, high=1e10, required=True)


@registry(key=("jshshir", "tur", "oy"), links="person", purpose="to know a family's income", owner="Pension Fund")
class pensions:
    """One person's pension for one month. Source: Pension Fund, a file for each region."""

    files = "pensiya/pensiyalar-{area}.parquet"
    person = PERSON
    happened_on, known_at = "oy", LOADED
    silent_after, fewest = 3, 0.5

    kind = Column(
        "Why it is paid; a survivor's pension tells of a lost breadwinner.",
        values={"yosh": "old_age", "nogironlik": "disability", "boquvchisini_yoqotgan": "survivor"},
        source="tur",
        required=True,
    )
    amount = Column("Pension of the month.", unit="UZS", source="summa", low=0, high=1e8, required=True)


@registry(key="chiqish_id", links="person", purpose="to know who is away for work", owner="Migration Agency")
class migration:
    """One person's stay abroad for work, from a day to a day. To which country is not taken over."""

    files = "migratsiya/chet_elda.csv"
    person = PERSON
    happened_on, known_at, ended = "ketgan", LOADED, "qaytgan"
    silent_after, fewest = 4, 0.25

    returned = Column("Day of return; empty while away.", type="date", source="qaytgan")


@registry(key=("jshshir", "oy"), links="person", purpose="to know a family's income", owner="Central Bank")
class remittances:
    """Money from abroad that one person was sent in one month. Source: Central Bank, monthly."""

    files = "migratsiya/otkazmalar.csv"
    person = PERSON
    happened_on, known_at = "oy", LOADED
    silent_after, fewest = 3, 0.5

    amount = Column("Money received in the month.", unit="UZS", source="summa", low=0, high=1e9, required=True)


@registry(key="kredit_id", links="person", purpose="to see what weighs on a family", owner="Credit bureau")
class loans:
    """One loan of one person, from a day to the day it is to be paid back. Source: credit bureau, a database."""

    files = "kredit/kredit.sqlite#kreditlar"
    person = PERSON
    happened_on, known_at, ended = "berilgan", LOADED, "tugaydi"
    silent_after, fewest = 3, 0.5

    amount = Column("Amount lent.", unit="UZS", source="summa", low=0, high=1e10, required=True)
    monthly = Column("Payment due each month.", unit="UZS", source="oylik", low=0, high=1e9, most_missing=FEW)


@registry(key=("kredit_id", "oy"), links="person", purpose="to see what weighs on a family", owner="Credit bureau")
class loan_states:
    """How one loan of one person stands in one month. Source: credit bureau, a database."""

    files = "kredit/kredit.sqlite#kredit_holati"
    person = PERSON
    happened_on, known_at = "oy", LOADED
    silent_after, fewest = 3, 0.5

    month = Column("Month of the state, its first day.", type="date", source="oy")
    balance = Column("Still to be paid back.", unit="UZS", source="qoldiq", low=0, high=1e10, most_missing=FEW)
    overdue = Column(
        "Days the oldest payment is late.",
        type="whole",
        unit="days",
        source="kechikkan_kun",
        low=0,
        high=4000,
        most_missing=FEW,
    )
