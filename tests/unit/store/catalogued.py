"""A small catalogue made by hand, with something hidden, something missing and an exemption in it."""

from datetime import date

from tayanch.store.catalogue import (
    EVERYWHERE,
    NO,
    OTHERS,
    YES,
    Attribute,
    CodeShare,
    Coverage,
    Distribution,
    Entry,
    FeatureCatalogue,
    Foretold,
    Freshness,
    PolicyRule,
    Proxy,
    Register,
    Worded,
)

DATES = (date(2025, 7, 1), date(2025, 10, 1))
CHILD_RULE = PolicyRule("lookup_only", "members.sex", "the law's pension age is 55 for women and 60 for men")
FORBIDDEN = PolicyRule("forbidden", "nationality", "not asked, not delivered")
AUDITED = PolicyRule("audit_only", "sex_of_head", "results are judged across it")
RAISING = PolicyRule("need_only", "health.with_disability", "members with a disability")

COVERED = (
    Coverage(EVERYWHERE, 812, 0.97),
    Coverage("East", 800, 0.98),
    Coverage("West", 12, None),
    Coverage("Far", None, None),
)
FRESH = (
    Freshness(EVERYWHERE, 0.92, 14, 40),
    Freshness("East", 0.95, 14, 38),
    Freshness("West", None, None, None),
    Freshness("Far", None, None, None),
)

PAID = Entry(
    id="support.paid_in_year",
    theme="support",
    meaning="Benefits paid in the last 12 months.",
    unit="UZS",
    kind="number",
    digest="b" * 64,
    place="features/support.py:24",
    registers=("payments",),
    rule="allowed",
    because="",
    looks_up=(),
    wording=(
        Worded(
            "en", "benefits paid", "", "It had {value:UZS} in benefits.", "It has help.", "No benefit was paid.", ""
        ),
        Worded("uz", "nafaqalar", "", "Oila {value:UZS} nafaqa oldi.", "Nafaqa toʻlangan.", "Nafaqa yoʻq.", ""),
    ),
    experiments=("falls_to_poverty_line", "utility_hardship"),
    releases=("falls_to_poverty_line/2026-10",),
    coverage=COVERED,
    freshness=FRESH,
    distributions=(
        Distribution(DATES[0], 790, 0.05, 0.41, (0.0, 0.0, 120_000.0, 640_000.0, 1_900_000.0)),
        Distribution(DATES[1], 812, 0.03, 0.39, (0.0, 0.0, 131_000.0, 655_000.0, 1_950_000.0)),
    ),
    proxies=(Proxy("sex_of_head", "woman", 0.58),),
)
DISABLED = Entry(
    id="health.with_disability",
    theme="health",
    meaning="Whether a member has a disability.",
    unit="",
    kind="truth",
    digest="c" * 64,
    place="features/health.py:31",
    registers=("disability", "members"),
    rule="need_only",
    because="members with a disability",
    looks_up=(CHILD_RULE,),
    wording=(),
    experiments=("falls_to_poverty_line",),
    releases=(),
    coverage=COVERED,
    freshness=FRESH,
    distributions=(
        Distribution(DATES[0], 790, 0.0, codes=(CodeShare(YES, 0.08), CodeShare(NO, 0.92))),
        Distribution(DATES[1], 812, 0.0, codes=(CodeShare(YES, 0.09), CodeShare(NO, 0.91))),
    ),
    proxies=(Proxy("sex_of_head", "woman", 0.83, exempt="The law asks for it; signed by the audit office."),),
)
CATEGORY = Entry(
    id="support.last_category",
    theme="support",
    meaning="Category at the last decision on an application.",
    unit="",
    kind="code",
    digest="d" * 64,
    place="features/support.py:90",
    registers=("assessments",),
    rule="allowed",
    because="",
    looks_up=(),
    wording=(),
    experiments=(),
    releases=(),
    coverage=COVERED,
    freshness=FRESH,
    distributions=(
        Distribution(
            DATES[0], 790, 0.6, codes=(CodeShare("poor", 0.2), CodeShare("near", None), CodeShare("none", None))
        ),
        Distribution(DATES[1], None, None, codes=(CodeShare("poor", None), CodeShare(OTHERS, None))),
    ),
    proxies=(),
)
SMALL = FeatureCatalogue(
    project="small",
    title="Small",
    snapshot="a" * 64,
    built_on=date(2026, 10, 1),
    as_of=DATES,
    cohorts=("families_above_line",),
    area="region",
    registers=(
        Register("assessments", "One assessment of one family.", "to see who asked for help", "Agency", FRESH),
        Register("disability", "One assessment of one person.", "to see who needs care", "Ministry of Health", FRESH),
        Register(
            "members", "One person's membership of one family.", "to know who is who", "Ministry of Justice", FRESH
        ),
        Register(
            "payments", "One payment of a benefit to one family.", "to see what help a family has", "Agency", FRESH
        ),
    ),
    features=(DISABLED, CATEGORY, PAID),
    attributes=(
        Attribute(
            "sex_of_head",
            "Sex of the head of the family.",
            AUDITED.rule,
            AUDITED.because,
            (Foretold("woman", 812, 190, 0.74, 0.70, 0.78),),
        ),
    ),
    policy=(FORBIDDEN, AUDITED, CHILD_RULE, RAISING),
)
