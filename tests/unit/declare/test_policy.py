"""The policy: what it may say, and that nothing declared gets round it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tayanch.declare.enforcing import looked_up
from tayanch.declare.policy import NO_POLICY, Policy, PolicyLine
from tayanch.declare.policy_file import read_policy
from tayanch.errors import DeclarationError
from tayanch.project import Project, bundled, load_project

TOP = Path(__file__).parents[3]


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A copy of the small project."""
    ignored = shutil.ignore_patterns("__pycache__")
    return Path(shutil.copytree(TOP / "tests" / "small", tmp_path / "small", ignore=ignored))


def _policy(folder: Path, text: str) -> Path:
    file = folder / "features" / "policy.yaml"
    file.write_text(text, encoding="utf-8")
    return file


def _declare(folder: Path, text: str) -> Path:
    """A further file of declarations in a project."""
    file = folder / "features" / "zz_more.py"
    head = (
        "from tayanch import Column, Reference, cohort, feature, group, neighbours, registry, when, years_since\n"
        "from .registries import assessments, members, payments, wages\n"
        "from .cohorts import mahalla, region\n\n"
    )
    file.write_text(head + text, encoding="utf-8")
    return file


def _refused(folder: Path) -> str:
    with pytest.raises(DeclarationError) as error:
        load_project(folder)
    return str(error.value).replace(f"{folder}/", "")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("forbiden: {}", ':1 forbiden: there is no key "forbiden": did you mean "forbidden"?'),
        ("forbidden: [a]", ":1 forbidden: it is not a list of keys and values: write `name: why` lines."),
        (
            "forbidden:\n  religion:",
            ":2 forbidden.religion: it gives no reason: say why in a few words; people read them.",
        ),
        (
            "forbidden:\n  a: {columns: [b]}",
            ":2 forbidden.a: it gives no reason: say why in a few words; people read them.",
        ),
        (
            "forbidden:\n  a: {because: b, column: [c]}",
            ':2 forbidden.a.column: there is no key "column": did you mean "columns"?',
        ),
        (
            "forbidden:\n  a: {because: b, columns: c}",
            ":2 forbidden.a.columns: it is not a list: write columns: [one, another].",
        ),
        (
            "forbidden:\n  a: {because: b, columns: [1]}",
            ":2 forbidden.a.columns: it lists something that is no name: write names.",
        ),
        ("need_only:\n  a: b\n  a: c", ':3 need_only.a: "a" is given a second time: keep one of the two.'),
        ("forbidden: {}\nforbidden: {}", ':2 forbidden: "forbidden" is given a second time: keep one of the two.'),
        (
            "exempt:\n  a.b:\n    c: {because: d}",
            ":3 exempt.a.b.c: nobody signed it: write signed: who answers for it, and when.",
        ),
        (
            "audit_only:\n  regoin: why",
            ':2 audit_only.regoin: there is no group or column "regoin": did you mean "region"?',
        ),
        (
            "audit_only:\n  members.bron: why",
            ':2 audit_only.members.bron: there is no group or column "members.bron": did you mean "members.born"?',
        ),
        (
            "lookup_only:\n  assesments.region: why",
            ':2 lookup_only.assesments.region: there is no column "assesments.region": '
            'did you mean "assessments.region"?',
        ),
        (
            "lookup_only:\n  members.born: {because: a, by: [ages]}",
            ':2 lookup_only.members.born: there is no reference table "ages": '
            "known: minimum_consumption.som, neighbours.",
        ),
        (
            "need_only:\n  family.child: why",
            ':2 need_only.family.child: there is no feature "family.child": did you mean "family.children"?',
        ),
        ("protected:\n  regions: why", ':2 protected.regions: there is no group "regions": did you mean "region"?'),
        (
            "exempt:\n  family.child:\n    region: {because: a, signed: b}",
            ':3 exempt.family.child.region: there is no feature "family.child": did you mean "family.children"?',
        ),
        (
            "exempt:\n  family.children:\n    region: {because: a, signed: b}",
            ':3 exempt.family.children.region: there is no protected attribute "region": none is declared.',
        ),
    ],
)
def test_a_policy_that_can_not_stand_is_told_with_its_line(small: Path, text: str, told: str) -> None:
    _policy(small, text)
    assert _refused(small) == f"features/policy.yaml{told}"


def test_text_that_is_no_yaml_is_refused(small: Path) -> None:
    _policy(small, "forbidden: {a")
    assert _refused(small).startswith("features/policy.yaml: it is not YAML: ")


def test_a_project_without_a_policy_is_refused(small: Path) -> None:
    (small / "features" / "policy.yaml").unlink()
    told = "there is no policy: write features/policy.yaml; an empty file forbids nothing."
    assert _refused(small) == f"features/policy.yaml: {told}"


@pytest.mark.parametrize("text", ["", "# nothing\n", "forbidden:\nneed_only:\n"])
def test_an_empty_policy_forbids_nothing(small: Path, text: str) -> None:
    assert read_policy(_policy(small, text)) == NO_POLICY
    assert load_project(small).features


def test_all_that_a_policy_says_is_read(small: Path) -> None:
    file = _policy(
        small,
        "forbidden:\n  names:\n    because: not\n      needed\n    columns: [ism, fam*]\n"
        "lookup_only:\n  members.born: {because: ages, by: [neighbours]}\n"
        "protected:\n  region: why\nexempt:\n  family.people:\n    region: {because: so, signed: the office}\n",
    )
    policy = read_policy(file)
    names = PolicyLine("forbidden", "names", "not needed", ("ism", "fam*"), place=f"{file}:2 forbidden.names")
    assert policy.line("forbidden", "names") == names
    assert policy.line("forbidden", "name") is None
    (born,) = policy.under("lookup_only")
    assert (born.name, born.by) == ("members.born", ("neighbours",))
    assert [line.name for line in policy.guarded] == ["region"]
    found = policy.exemption("family.people", "region")
    assert found is not None
    assert (found.because, found.signed) == ("so", "the office")
    assert policy.exemption("family.people", "mahalla") is None


RELIGION = '''
@registry(key="id", purpose="p", owner="o")
class faiths:
    """One faith."""

    happened_on, known_at = "on", "at"
    {column}
'''


@pytest.mark.parametrize(
    ("column", "told"),
    [
        ('religion = Column("R.")', "faiths.religion is a forbidden attribute: not asked"),
        ('Religion = Column("R.")', "faiths.Religion is a forbidden attribute: not asked"),
        ('d = Column("R.", source="din")', "faiths reads the source column din, which is religion: not asked"),
        (
            'd = Column("R.", source="DINI_nomi")',
            "faiths reads the source column DINI_nomi, which is religion: not asked",
        ),
        ('d = Column("R.")\n    retracted = "din"', "faiths reads the source column din, which is religion: not asked"),
        (
            'd = Column("R.")\n    family = ("id", "din")',
            "faiths reads the source column din, which is religion: not asked",
        ),
        ('d = Column("R.")\n    ended = "din"', "faiths reads the source column din, which is religion: not asked"),
    ],
)
def test_a_forbidden_attribute_is_never_declared(small: Path, column: str, told: str) -> None:
    _policy(small, "forbidden:\n  religion: {because: not asked, columns: [din, dini_*]}")
    _declare(small, RELIGION.format(column=column))
    place = "features/zz_more.py:6"
    do = f"leave it out; {small}/features/policy.yaml:2 forbidden.religion forbids it.".replace(f"{small}/", "")
    assert _refused(small) == f"{place}: {told}: {do}"


@pytest.mark.parametrize("sort", ['feature(theme="family", unit="persons")', "group"])
def test_nothing_else_is_called_like_a_forbidden_attribute(small: Path, sort: str) -> None:
    _policy(small, "forbidden:\n  religion: not asked")
    _declare(small, f'@{sort}\ndef religion():\n    """R."""\n    return payments.count()\n')
    assert "religion is a forbidden attribute: not asked" in _refused(small)


FEATURE = '@feature(theme="family", unit="u"{more})\ndef found():\n    """F."""\n    return {value}\n'


def _feature(folder: Path, value: str, *, more: str = "", before: str = "") -> Path:
    return _declare(folder, f"{before}{FEATURE.format(value=value, more=more)}")


@pytest.mark.parametrize(
    ("value", "more", "told"),
    [
        ("members.min(years_since(members.born))", "", "reads members.born"),
        ("members.where(years_since(members.born) < 18).count() + 1", "", "reads members.born"),
        (
            "members.count()",
            ", facts=lambda: {'age': members.max(years_since(members.born))}",
            "(its fact age) reads members.born",
        ),
    ],
)
def test_no_feature_reads_an_audit_only_column(small: Path, value: str, more: str, told: str) -> None:
    _policy(small, "audit_only:\n  members.born: ages are for audits")
    (small / "features" / "family.py").unlink()
    _feature(small, value, more=more)
    assert _refused(small) == (
        f"features/zz_more.py:5 found: family.found {told} (audit_only: ages are for audits): "
        "leave it out; the policy says so at features/policy.yaml:2 audit_only.members.born."
    )


GROUPS = (
    '@group\ndef young():\n    """Y."""\n    return members.where(years_since(members.born) < 30).exists()\n\n'
    '@group\ndef crowded():\n    """C."""\n    return members.count() > payments.count()\n\n'
)


@pytest.mark.parametrize(
    ("group", "value"),
    [
        ("young", "when(members.where(years_since(members.born) < 30).exists(), 1, 0)"),
        ("young", "members.where(years_since(members.born) < 30).count() / 2"),
        ("young", "members.last(months=12).where(years_since(members.born) < 30).count()"),
        ("crowded", "when(members.count() > payments.count(), 1, 0)"),
        ("crowded", "neighbours(members.count() > payments.count(), by=mahalla)"),
    ],
)
def test_no_feature_tells_an_audit_only_group(small: Path, group: str, value: str) -> None:
    _policy(small, f"audit_only:\n  {group}: for audits")
    _feature(small, value, before=GROUPS)
    assert f"family.found tells the group {group} (audit_only: for audits)" in _refused(small)


@pytest.mark.parametrize(
    "value", ["members.where(years_since(members.born) < 31).count()", "members.count() + payments.count()"]
)
def test_what_only_resembles_a_group_may_be_told(small: Path, value: str) -> None:
    _policy(small, "audit_only:\n  young: for audits\n  crowded: for audits")
    _feature(small, value, before=GROUPS)
    assert load_project(small)


TABLE = 'table = Reference("reference/by_benefit.csv", key="benefit", value="weight")\n\n'


@pytest.mark.parametrize(
    ("by", "value", "told"),
    [
        ("[by_benefit.weight]", "payments.sum(table.lookup(payments.benefit))", ""),
        ("[by_benefit.weight]", 'payments.where(payments.benefit == "child").count()', "by_benefit.weight"),
        ("[by_benefit.weight]", "payments.where(table.lookup(payments.benefit) > 1).count()", ""),
        ("[]", "payments.sum(table.lookup(payments.benefit))", "groups and cohorts"),
        ("[neighbours]", "payments.sum(table.lookup(payments.benefit))", "neighbours"),
        ("[neighbours]", "neighbours(members.count(), by=kinds)", ""),
        ("[by_benefit.weight]", "neighbours(members.count(), by=kinds)", "by_benefit.weight"),
        ("[neighbours]", 'neighbours(payments.latest(payments.benefit) == "child", by=mahalla)', "neighbours"),
        ("[by_benefit.weight, neighbours]", "payments.distinct(payments.benefit)", "by_benefit.weight or neighbours"),
    ],
)
def test_a_lookup_only_column_is_read_where_the_policy_says(small: Path, by: str, value: str, told: str) -> None:
    (small / "features" / "reference" / "by_benefit.csv").write_text("benefit,weight\nchild,1\n")
    (small / "features" / "support.py").unlink()
    _policy(small, f"lookup_only:\n  payments.benefit: {{because: weights, by: {by}}}")
    kinds = '@group\ndef kinds():\n    """K."""\n    return payments.latest(payments.benefit)\n\n'
    _feature(small, value, before=TABLE + kinds)
    if told:
        reads = f"family.found reads payments.benefit, which may only be read in {told} (lookup_only: weights)"
        assert reads in _refused(small)
    else:
        project = load_project(small)
        (found,) = [f for f in project.features if f.id == "family.found"]
        assert [line.name for line in looked_up(project.policy, found)] == ["payments.benefit"]


def test_the_same_source_column_under_another_name_is_no_way_round(small: Path) -> None:
    _policy(small, "lookup_only:\n  payments.benefit: weights")
    (small / "features" / "support.py").unlink()
    registry = (
        '@registry(key="payment_id", purpose="p", owner="o")\nclass paid:\n    """One payment."""\n\n'
        '    files = "payments*"\n    happened_on, known_at = "paid_on", "loaded_at"\n'
        '    sort = Column("Sort.", type="code", source="benefit")\n\n'
    )
    _feature(small, 'paid.where(paid.sort == "child").count()', before=registry)
    assert "family.found reads paid.sort, which may only be read in groups and cohorts" in _refused(small)


def test_a_number_has_a_unit(small: Path) -> None:
    _declare(small, '@feature(theme="family")\ndef found():\n    """F."""\n    return members.count()\n')
    assert _refused(small) == (
        'features/zz_more.py:5 found: family.found is a number without a unit: write @feature(unit="UZS").'
    )


UNSAID = (
    "and the experiment does not say so: write family.children: increasing under monotone, "
    "or leave it out under without."
)
UNHEEDED = (
    "and the learner logistic heeds no direction: learn with lightgbm, or leave family.children out under without."
)
NEED = "family.children may only raise a family on a list (need_only: care)"


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        ("", f"monotone: {NEED}, {UNSAID}"),
        ("monotone: {family.children: decreasing}", f"monotone: {NEED}, {UNSAID}"),
        ("monotone: {family.children: increasing}\nlearner: logistic", f"learner: {NEED}, {UNHEEDED}"),
        ("monotone: {family.children: increasing}", ""),
        ("without: {family.children: not now}", ""),
    ],
)
def test_a_need_only_feature_may_only_raise(small: Path, lines: str, told: str) -> None:
    _policy(small, "need_only:\n  family.children: care")
    file = small / "experiments" / "hardship.yaml"
    file.write_text(f"{file.read_text()}\n{lines}\n".replace("parameters: {num_leaves: 15, n_estimators: 100}\n", ""))
    assert _experiment(load_project(small), small) == (f"experiments/hardship.yaml {told}" if told else "")


def test_a_rule_does_not_lower_by_need(small: Path) -> None:
    _policy(small, "need_only:\n  income.income_to_minimum: care")
    assert _experiment(load_project(small), small) == (
        "experiments/hardship.yaml rule: income.income_to_minimum may only raise a family on a list "
        "(need_only: care), and the rule lowers it: write worse: higher."
    )


def test_a_code_can_not_be_need_only(small: Path) -> None:
    _policy(small, "need_only:\n  family.found: care")
    _declare(small, FEATURE.format(value="payments.latest(payments.benefit)", more=""))
    assert _refused(small) == (
        "features/policy.yaml:2 need_only.family.found: family.found is a code and has no direction: "
        "declare a condition on it."
    )


def _experiment(project: Project, folder: Path) -> str:
    try:
        project.experiment("hardship")
    except DeclarationError as error:
        return str(error).replace(f"{folder}/", "")
    return ""


@pytest.mark.parametrize("name", ["argentina", "empty", "uzbekistan"])
def test_the_bundled_projects_keep_their_policies(name: str) -> None:
    project = load_project(bundled()[name])
    assert isinstance(project.policy, Policy)
    assert project.policy.under("forbidden")
    assert all(project.experiment(found) for found in project.experiments)
