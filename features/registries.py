"""Who people are, who belongs to which family, where they live, what they own, and what the law and help say.

The ministries' registers as they are delivered. Further registers: `registries_money.py` (work, income, debt) and
`registries_care.py` (health, school, utilities, what neighbours see).
"""

from tayanch import Column, Id, Reference, beginning, registry

minimum = Reference("reference/minimum_consumption.csv", key=(), value="som", valid_from="valid_from")
retires_at = Reference("reference/pension_age.csv", key="sex", value="years")

PERSON = Id("jshshir", digits=14, weights=(7, 3, 1))
FAMILY = "oila_kodi"
LOADED = "yuklangan_sana"
IN_FAMILY = beginning(FAMILY, characters=4)
"""A family's number begins with the region that gave it."""
FEW = 0.05
"""Cells of a column that a delivery may leave empty: what a register always tells is seldom missing (assumption)."""
YES_NO = {"ha": "yes", "yoq": "no"}
BENEFITS = {
    "bola": "child",
    "moddiy_yordam": "material",
    "nogironlik_parvarishi": "disability_care",
    "kommunal_yordam": "utility_aid",
    "davlat_taminoti": "state_support",
}


@registry(
    key="azolik_id",
    links="membership",
    purpose="to know who makes up a family",
    owner="Ministry of Justice, civil register",
)
class members:
    """One person's membership of one family. Source: civil register, nightly extract, a file for each region."""

    files = "fhdyo/oila_azolari-{area}.parquet"
    family, person = FAMILY, PERSON
    happened_on, known_at, left = "qoshilgan", LOADED, "chiqqan"
    silent_after, fewest = 3, 0.5

    relation = Column(
        "Relation to the head of the family.",
        values={
            "bosh": "head",
            "turmush_ortogi": "spouse",
            "farzand": "child",
            "kelin_kuyov": "child_in_law",
            "nevara": "grandchild",
            "ota_ona": "parent",
            "aka_uka_opa_singil": "sibling",
            "boshqa": "other",
        },
        source="qarindoshlik",
        most_missing=FEW,
    )
    sex = Column(
        "Sex; used for nothing but the law's pension age.",
        values={"E": "man", "A": "woman"},
        source="jins",
        most_missing=FEW,
    )
    born = Column("Date of birth.", type="date", source="tugilgan", required=True)
    gone = Column(
        "Day the person left the family, by death or otherwise; empty while there.", type="date", source="chiqqan"
    )


@registry(
    key="dalolat_id",
    links="person",
    purpose="to know what befell a family",
    owner="Ministry of Justice, civil register",
)
class acts:
    """One act of the civil register: a birth, death, marriage or divorce of one person. Its names are identity."""

    files = "fhdyo/dalolatnomalar.csv"
    person = PERSON
    identity = {"surname": "familiya", "given_name": "ism", "patronymic": "otasining_ismi"}
    happened_on, known_at = "sana", LOADED
    silent_after, fewest = 3, 0.5

    act = Column(
        "What was registered.",
        values={"tugilish": "birth", "olim": "death", "nikoh": "marriage", "ajrim": "divorce"},
        source="tur",
        required=True,
    )


@registry(key="manzil_id", purpose="to know whose list a family stands on", owner="Cadastre Agency")
class addresses:
    """The address of one family from a day on. Source: cadastre, nightly extract."""

    files = "kadastr/manzillar.csv"
    family = FAMILY
    happened_on, known_at = "boshlangan", LOADED
    silent_after, fewest, by_area = 6, 0.5, "viloyat"

    region = Column("Region, SOATO code.", type="code", source="viloyat", required=True)
    district = Column("District or city, SOATO code.", type="code", source="tuman", required=True)
    mahalla = Column("Mahalla, code of the mahalla register.", type="code", source="mahalla_kodi", required=True)
    area_type = Column(
        "Town or village.", values={"shahar": "urban", "qishloq": "rural"}, source="hudud_turi", most_missing=FEW
    )


@registry(
    key="mulk_id",
    links="person",
    purpose="to see what a family can fall back on",
    owner="Cadastre Agency and traffic police",
)
class property:
    """One thing one person owns, from a day to a day: a house, a flat, a car, land."""

    files = "kadastr/mulk.csv"
    person = PERSON
    happened_on, known_at, ended = "boshlangan", LOADED, "tugagan"
    silent_after, fewest = 4, 0.5

    kind = Column(
        "What is owned.",
        values={"uy": "house", "kvartira": "flat", "avtomobil": "car", "yer": "land"},
        source="tur",
        required=True,
    )
    size = Column(
        "Floor space of a house or flat, or of land.", unit="m2", source="maydon", low=0, high=100_000, most_missing=FEW
    )
    given_up = Column("Day it was sold or given away; empty while owned.", type="date", source="tugagan")


@registry(
    key="ariza_id",
    purpose="to see who asked for help and what was decided",
    owner="National Agency for Social Protection",
)
class assessments:
    """One application of a family and the assessment of its income. Source: Social Register, nightly extract."""

    files = "ijtimoiy/arizalar.csv"
    family = FAMILY
    happened_on, known_at = "qaror_sanasi", LOADED
    silent_after, fewest, by_area = 3, 0.5, IN_FAMILY

    income = Column(
        "Income of the family in the three months before.",
        unit="UZS",
        source="daromad",
        low=0,
        high=1e10,
        most_missing=FEW,
    )
    members_counted = Column(
        "Members counted.", type="whole", unit="persons", source="azo_soni", low=1, high=40, most_missing=FEW
    )
    per_person = Column(
        "Income per person and month: income ÷ members ÷ 3.",
        unit="UZS",
        source="kishi_boshiga",
        low=0,
        high=1e9,
        most_missing=FEW,
    )
    ratio = Column(
        "That income ÷ the minimum consumption expenditure of the day.",
        unit="ratio",
        source="nisbat",
        low=0,
        high=2000,
        most_missing=FEW,
    )
    category = Column(
        "Category the family was put in.",
        values={"davlat_taminoti": "supported", "kambagal": "poor", "chegarada": "near", "yoq": "none"},
        source="toifa",
        most_missing=FEW,
    )
    granted = Column("Whether help was granted.", values=YES_NO, source="tayinlandi", most_missing=FEW)
    seven = Column(
        "Conclusion of the Mahalla Seven.",
        values={"yoqladi": "for", "qarshi": "against", "sorovsiz": "none"},
        source="yettilik",
    )
    poor_dwelling = Column("The family says its dwelling is poor.", values=YES_NO, source="uy_yomon")
    food_short = Column("The family says food does not reach.", values=YES_NO, source="oziq_yetmaydi")


@registry(key="nafaqa_id", purpose="to see what help a family has", owner="National Agency for Social Protection")
class benefits:
    """One benefit granted to one family, from a day to a day. Source: Social Register, nightly extract."""

    files = "ijtimoiy/nafaqalar.csv"
    family = FAMILY
    happened_on, known_at, ended = "boshlangan", LOADED, "tugagan"
    silent_after, fewest, by_area = 3, 0.5, IN_FAMILY

    kind = Column("Which benefit.", values=BENEFITS, source="tur", required=True)
    monthly = Column("Amount of a month.", unit="UZS", source="summa", low=0, high=1e8, most_missing=FEW)
    until = Column("Day it was announced to end.", type="date", source="muddati")
    last_day = Column("Day it ended; empty while it is paid.", type="date", source="tugagan")


@registry(
    key="nafaqa_id",
    purpose="to tell a family of a benefit's end in time",
    owner="National Agency for Social Protection",
    announced=True,
)
class benefit_ends:
    """The day on which one benefit of one family ends, told when it is granted. Source: Social Register."""

    files = "ijtimoiy/nafaqalar.csv"
    family = FAMILY
    happened_on, known_at = "muddati", LOADED
    silent_after, fewest, by_area = 3, 0.5, IN_FAMILY

    kind = Column("Which benefit.", values=BENEFITS, source="tur", required=True)


@registry(key="tolov_id", purpose="to see what help a family has", owner="National Agency for Social Protection")
class payments:
    """One payment of a benefit to one family. Source: Social Register, a file for each region."""

    files = "ijtimoiy/tolovlar-{area}.parquet"
    family = FAMILY
    happened_on, known_at = "tolangan", LOADED
    silent_after, fewest = 2, 0.5

    kind = Column("Which benefit.", values=BENEFITS, source="tur", required=True)
    amount = Column("Amount paid.", unit="UZS", source="summa", low=0, high=1e8, required=True)
