"""The survey's two files: households and persons, one row for each interview. Source: INDEC, EPH, public-use files.

The agency's own survey: an interview is true and known at the end of its quarter. A dwelling is interviewed in two
quarters, left out for two, and interviewed in two more. Persons carry their household's id: both belong to the family.
"""

from tayanch import Column, Reference, quarter_end, registry

YES_NO = {1: "yes", 2: "no"}
NO_ANSWER = [0, 9]
REGIONS = {1: "Gran Buenos Aires", 40: "Noroeste", 41: "Noreste", 42: "Cuyo", 43: "Pampeana", 44: "Patagonia"}
CITIES = {
    2: "Gran La Plata",
    3: "Bahía Blanca – Cerri",
    4: "Gran Rosario",
    5: "Gran Santa Fe",
    6: "Gran Paraná",
    7: "Posadas",
    8: "Gran Resistencia",
    9: "Comodoro Rivadavia – Rada Tilly",
    10: "Gran Mendoza",
    12: "Corrientes",
    13: "Gran Córdoba",
    14: "Concordia",
    15: "Formosa",
    17: "Neuquén – Plottier",
    18: "Santiago del Estero – La Banda",
    19: "Jujuy – Palpalá",
    20: "Río Gallegos",
    22: "Gran Catamarca",
    23: "Gran Salta",
    25: "La Rioja",
    26: "Gran San Luis",
    27: "Gran San Juan",
    29: "Gran Tucumán – Tafí Viejo",
    30: "Santa Rosa – Toay",
    31: "Ushuaia – Río Grande",
    32: "Ciudad Autónoma de Buenos Aires",
    33: "Partidos del Gran Buenos Aires",
    34: "Mar del Plata",
    36: "Río Cuarto",
    38: "San Nicolás – Villa Constitución",
    91: "Rawson – Trelew",
    93: "Viedma – Carmen de Patagones",
}

poverty_line = Reference(
    "reference/poverty_lines.csv", key="region", value="total_basket", valid_from="valid_from", valid_to="valid_to"
)
adult_equivalent = Reference("reference/adult_equivalent.csv", key=("sex", "age"), value="weight")
usual_income = Reference("reference/usual_income.csv", key=("education", "age"), value="baskets")
usual_pay = Reference("reference/usual_pay.csv", key=("occupation", "contributions"), value="baskets")
usual_pay_in_industry = Reference(
    "reference/usual_pay_in_industry.csv", key=("industry", "contributions"), value="baskets"
)


@registry(key=("CODUSU", "NRO_HOGAR", "ANO4", "TRIMESTRE"), purpose="prevention", owner="INDEC")
class households:
    """One interview of one household. Source: INDEC, EPH, household file of the quarter."""

    files = "**/hogar_*.parquet"
    family = ("CODUSU", "NRO_HOGAR")
    happened_on = known_at = quarter_end("ANO4", "TRIMESTRE")
    silent_after, fewest, by_area = 6, 0.5, "REGION"

    quarter = Column("Quarter of the year.", type="whole", source="TRIMESTRE", low=1, high=4)
    region = Column("Statistical region.", values=REGIONS, source="REGION", required=True)
    city = Column("City (urban agglomerate).", values=CITIES, source="AGLOMERADO", required=True)
    members = Column("Members of the household.", type="whole", source="IX_TOT", low=1)
    income = Column("Income of the month, all members together.", unit="ARS", source="ITF", low=0)
    income_weight = Column("Weight for income; 0 where income was not reported.", type="whole", source="PONDIH", low=0)

    floor = Column("Floor.", values={1: "tiles", 2: "cement", 3: "earth", 4: "earth"}, source="IV3", missing=NO_ANSWER)
    roof = Column(
        "Roof.",
        values={1: "membrane", 2: "tiles", 3: "slab", 4: "metal", 5: "fibre", 6: "straw", 7: "straw"},
        source="IV4",
        missing=NO_ANSWER,
    )
    rooms = Column("Rooms for its own use.", type="whole", source="II1", missing=[0, 99])
    bedrooms = Column("Rooms to sleep in.", type="whole", source="II2")
    garage = Column("A garage.", values=YES_NO, source="II4_3", missing=NO_ANSWER)
    tenure = Column(
        "On what terms it lives there.",
        values={
            1: "owner",
            2: "owner_of_building",
            3: "tenant",
            4: "for_taxes",
            5: "with_job",
            6: "lent",
            7: "occupied",
            8: "inheritance",
        },
        source="II7",
        missing=NO_ANSWER,
    )
    fuel = Column(
        "What it cooks with.",
        values={1: "mains_gas", 2: "bottled_gas", 3: "wood", 4: "other"},
        source="II8",
        missing=NO_ANSWER,
    )

    cash_help = Column("Cash help from the state in the last 3 months.", values=YES_NO, source="V5", missing=NO_ANSWER)
    savings = Column("Lived on savings.", values=YES_NO, source="V13", missing=NO_ANSWER)
    borrowed_kin = Column("Borrowed from relatives or friends.", values=YES_NO, source="V14", missing=NO_ANSWER)
    instalments = Column("Bought on instalments or credit.", values=YES_NO, source="V16", missing=NO_ANSWER)
    sold = Column("Had to sell belongings.", values=YES_NO, source="V17", missing=NO_ANSWER)


@registry(key=("CODUSU", "NRO_HOGAR", "COMPONENTE", "ANO4", "TRIMESTRE"), purpose="prevention", owner="INDEC")
class persons:
    """One member of a household at one interview. Source: INDEC, EPH, person file of the quarter."""

    files = "**/individual_*.parquet"
    family = ("CODUSU", "NRO_HOGAR")
    happened_on = known_at = quarter_end("ANO4", "TRIMESTRE")
    silent_after, fewest, by_area = 6, 0.5, "REGION"

    region = Column("Statistical region.", values=REGIONS, source="REGION", required=True)
    relation = Column(
        "Relation to the head.",
        values={
            1: "head",
            2: "partner",
            3: "child",
            4: "child_in_law",
            5: "grandchild",
            6: "parent",
            7: "parent",
            8: "sibling",
            9: "other_kin",
            10: "other",
        },
        source="CH03",
    )
    sex = Column("Sex.", values={1: "man", 2: "woman"}, source="CH04")
    age = Column("Age in years; -1 before the first birthday.", type="whole", source="CH06", low=-1, high=120)
    cover = Column(
        "Health cover.",
        values={
            1: "work",
            2: "private",
            3: "plan",
            4: "none",
            12: "work_private",
            13: "work_plan",
            23: "private_plan",
            123: "all",
        },
        source="CH08",
        missing=NO_ANSWER,
    )
    education = Column(
        "Highest level: 1 primary begun, 2 ended, 3 secondary begun, 4 ended, 5 higher begun, 6 ended, 7 no schooling.",
        type="whole",
        source="NIVEL_ED",
        low=1,
        high=7,
    )
    activity = Column(
        "What the person does.",
        values={1: "working", 2: "unemployed", 3: "inactive", 4: "under_10"},
        source="ESTADO",
        missing=NO_ANSWER,
    )
    position = Column(
        "Position at work.",
        values={1: "employer", 2: "own_account", 3: "employee", 4: "family_worker"},
        source="CAT_OCUP",
        missing=NO_ANSWER,
    )
    inactivity = Column(
        "Why out of work.",
        values={
            1: "pensioner",
            2: "rents",
            3: "student",
            4: "home",
            5: "under_6",
            6: "disability",
            7: "other",
        },
        source="CAT_INAC",
        missing=NO_ANSWER,
    )
    contributions = Column(
        "Whether the employer pays pension contributions.",
        values={1: "registered", 2: "unregistered"},
        source="PP07H",
        missing=NO_ANSWER,
    )
    occupation = Column("Occupation (CNO 2001).", type="whole", source="PP04D_COD")
    industry = Column("Branch of the workplace (CAES).", type="whole", source="PP04B_COD")
    sector = Column(
        "Sector of the workplace.", values={1: "public", 2: "private", 3: "other"}, source="PP04A", missing=NO_ANSWER
    )
    tenure = Column("Time in the job, classes 1 (under a month) to 6.", type="whole", source="PP07A", missing=NO_ANSWER)
    hours = Column("Hours in the main job last week.", unit="hours", source="PP3E_TOT", low=0, missing=[999])
    wants_more = Column("Wanted to work more hours.", values=YES_NO, source="PP03G", missing=NO_ANSWER)

    pay = Column("Pay of the main job.", unit="ARS", source="P21", low=0, missing=[-9])
    income = Column("All income of the person.", unit="ARS", source="P47T", low=0, missing=[-9])
    pension = Column("Pensions.", unit="ARS", source="V2_M", low=0, missing=[-9])
    cash_help = Column("Cash help from the state.", unit="ARS", source="V5_M", low=0, missing=[-9])
    family_money = Column("Money from people who do not live there.", unit="ARS", source="V12_M", low=0, missing=[-9])
    other_income = Column("Income that is not from work.", unit="ARS", source="T_VI", low=0, missing=[-9])
