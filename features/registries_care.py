"""Health, school, utilities, farm animals, and what the mahalla sees."""

from tayanch import Column, registry

from .registries import FAMILY, FEW, IN_FAMILY, LOADED, PERSON, YES_NO

SERVICES = {"elektr": "electricity", "gaz": "gas"}


@registry(key="xulosa_id", links="person", purpose="to see who needs care", owner="Medical and social expertise")
class disability:
    """One person's disability as assessed, until it is to be assessed again. No diagnosis. Source: Excel, by region."""

    files = "tibbiy/nogironlik-{area}.xlsx"
    person = PERSON
    happened_on, known_at, ended = "sana", LOADED, "muddati"
    silent_after, fewest = 6, 0.5

    grade = Column(
        "Group: 1 is the heaviest, child is a child's.",
        values={"I": "1", "II": "2", "III": "3", "bola": "child"},
        source="guruh",
        required=True,
    )
    until = Column("Day by which it is to be assessed again; empty for life.", type="date", source="muddati")


@registry(key="holat_id", links="person", purpose="to see who needs care", owner="Ministry of Health")
class care:
    """One person's illness, pregnancy or nursing of another, from a day to a day: a flag, never a diagnosis."""

    files = "tibbiy/parvarish.csv"
    person = PERSON
    happened_on, known_at, ended = "boshlangan", LOADED, "tugagan"
    silent_after, fewest = 3, 0.25

    kind = Column(
        "A pregnancy, a long illness, or staying at home to nurse another.",
        values={"homiladorlik": "pregnancy", "uzoq_kasallik": "long_illness", "parvarish": "nursing"},
        source="tur",
        required=True,
    )


@registry(
    key=("jshshir", "chorak_boshi"),
    links="person",
    purpose="to keep children at school",
    owner="Ministry of Preschool and School Education",
)
class attendance:
    """One child's school term. Source: Ministry of Preschool and School Education, a file for each region."""

    files = "talim/davomat-{area}.parquet"
    person = PERSON
    happened_on, known_at = "chorak_boshi", LOADED
    silent_after, fewest = 8, 0.5

    status = Column(
        "Whether the child attended.",
        values={"oqimoqda": "enrolled", "maktabda_emas": "away"},
        source="holat",
        most_missing=FEW,
    )
    absent = Column(
        "Days missed in the term.", type="whole", unit="days", source="qoldirgan_kun", low=0, high=70, most_missing=FEW
    )


@registry(
    key="buyruq_id",
    links="person",
    purpose="to keep children at school",
    owner="Ministry of Preschool and School Education",
)
class leavings:
    """One child's leaving of school before the end, by the school's order. Source: orders of schools."""

    files = "talim/chetlashganlar.csv"
    person = PERSON
    happened_on, known_at = "sana", LOADED
    silent_after = 12

    grade = Column("Class the child was in.", type="whole", source="sinf", low=1, high=11)
    reason = Column(
        "Why.",
        values={
            "ish": "work",
            "turmush": "marriage",
            "kochgan": "moved",
            "kasallik": "illness",
            "nomalum": "unknown",
        },
        source="sabab",
        most_missing=FEW,
    )


@registry(
    key=("hisob_raqam", "xizmat", "oy"),
    links="person",
    purpose="to see hardship in time",
    owner="Electricity and gas companies",
)
class bills:
    """One month's bill of one account for electricity or gas. The account is a person's."""

    files = "kommunal/hisoblar-{area}.parquet"
    person = PERSON
    happened_on, known_at = "oy", LOADED
    silent_after, fewest = 3, 0.5

    month = Column("Month of the bill, its first day.", type="date", source="oy")
    service = Column("Electricity or gas.", values=SERVICES, source="xizmat", required=True)
    billed = Column("Amount of the bill.", unit="UZS", source="hisoblangan", low=0, high=1e8, most_missing=FEW)
    paid = Column("Amount paid in the month.", unit="UZS", source="tolangan", low=0, high=1e8, most_missing=FEW)
    arrears = Column("Debt after paying.", unit="UZS", source="qarz", low=0, high=1e9, most_missing=FEW)
    months_behind = Column(
        "Months the oldest debt is old.", type="whole", unit="months", source="qarz_oy", low=0, high=120
    )


@registry(key="uzilish_id", links="person", purpose="to see hardship in time", owner="Electricity and gas companies")
class disconnections:
    """One disconnection of one account for debt, until it was connected again."""

    files = "kommunal/uzilishlar.csv"
    person = PERSON
    happened_on, known_at, ended = "uzilgan", LOADED, "ulangan"
    silent_after, fewest = 6, 0.25

    service = Column("Electricity or gas.", values=SERVICES, source="xizmat", required=True)


@registry(key=("oila_kodi", "yil"), purpose="to see what a family can fall back on", owner="Ministry of Agriculture")
class livestock:
    """One family's animals and household plot, counted once a year. Source: mahallas."""

    files = "mahalla/tomorqa.csv"
    family = FAMILY
    happened_on, known_at = "sana", LOADED
    silent_after, fewest, by_area = 15, 0.5, IN_FAMILY

    cattle = Column("Head of cattle.", type="whole", source="qoramol", low=0, high=500, most_missing=FEW)
    sheep = Column("Sheep and goats.", type="whole", source="qoy", low=0, high=5000, most_missing=FEW)
    plot = Column(
        "Household plot, in hundredths of a hectare.", unit="are", source="tomorqa", low=0, high=1000, most_missing=FEW
    )


@registry(key="tashrif_id", purpose="to see hardship in time", owner="Mahalla committees")
class visits:
    """One visit to one family and what was seen, as choices, never in a worker's own words. Source: household roll."""

    files = "mahalla/xonadon.csv"
    family = FAMILY
    happened_on, known_at = "sana", LOADED
    silent_after, fewest, by_area = 2, 0.5, IN_FAMILY

    dwelling = Column(
        "State of the dwelling.",
        values={"yaxshi": "good", "ortacha": "fair", "yomon": "poor"},
        source="uy",
        most_missing=FEW,
    )
    food = Column(
        "Whether food reaches.",
        values={"yetarli": "enough", "bazan_yetmaydi": "sometimes_short", "kop_yetmaydi": "often_short"},
        source="oziq",
        most_missing=FEW,
    )
    gas = Column("Whether there is gas.", values=YES_NO, source="gaz", most_missing=FEW)
    advice = Column(
        "Conclusion of the visit.",
        values={"kerak_emas": "no_need", "yordam_kerak": "help", "shoshilinch": "urgent"},
        source="xulosa",
        most_missing=FEW,
    )
