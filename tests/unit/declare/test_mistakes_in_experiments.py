"""Mistakes in an experiment file: refused before anything is computed, with file, key, what was met, what to do."""

from __future__ import annotations

from pathlib import Path

import pytest

from tayanch.declare.experiment_files import Names, read_experiment
from tayanch.declare.experiments import Setting
from tayanch.errors import DeclarationError
from tayanch.vocabulary import Length

NAMES = Names(
    cohorts=["families_above_line"],
    outcomes=["below_line"],
    features=["income.ratio_to_line", "income.wages_12m", "work.earners"],
    groups=["region", "city", "sex_of_head"],
)
GOOD = """\
question: Which families above the line will be below it a year later?
owner: prevention analytics
cohort: families_above_line
outcome: below_line
features: [income, work.earners]
without: {income.wages_12m: "not delivered before 2020"}
as_of:
  train: {from: 2016-07-01, every: 3 months}
  test: {from: 2018-01-01, to: 2021-01-01, every: 3 months}
learner: lightgbm
parameters: {num_leaves: [15, 31], learning_rate: 0.05}
monotone: {income.ratio_to_line: decreasing}
rule: {feature: income.ratio_to_line, worse: lower}
baselines: all
judge: {capacity: {share: 0.10}, by: precision_at_capacity, across: [region, sex_of_head], cluster: city}
seed: 17
"""


def _read(folder: Path, text: str) -> tuple[Path, object]:
    file = folder / "below.yaml"
    file.write_text(text, encoding="utf-8")
    return file, read_experiment(file, NAMES)


def test_a_good_file_is_read_as_it_says(tmp_path: Path) -> None:
    _, told = _read(tmp_path, GOOD.replace("seed: 17", "seed: 17\nlag: 3 months"))
    assert told.features == ("income.ratio_to_line", "work.earners")  # type: ignore[attr-defined]
    assert told.parameters[0].values == (15, 31)  # type: ignore[attr-defined]
    assert [type(v) for v in told.parameters[0].values] == [int, int]  # type: ignore[attr-defined]
    assert isinstance(told.parameters[1], Setting)  # type: ignore[attr-defined]
    assert len(told.tests) == 13  # type: ignore[attr-defined]
    assert told.lag == Length(months=3)  # type: ignore[attr-defined]
    assert told.baselines == ("prior", "random", "rule", "single_feature", "logistic")  # type: ignore[attr-defined]
    assert len(told.grid) == 2  # type: ignore[attr-defined]


MISTAKES = [
    (
        "cohort: families_above_line\n",
        "cohrt: families_above_line\n",
        "cohrt",
        'there is no key "cohrt": did you mean "cohort"?',
    ),
    ("owner: prevention analytics\n", "", "owner", "it is missing: every such file says it."),
    (
        "families_above_line",
        "families_above_lin",
        "cohort",
        '"families_above_lin" is not declared: did you mean "families_above_line"?',
    ),
    ("outcome: below_line", "outcome: below_lne", "outcome", '"below_lne" is not declared: did you mean "below_line"?'),
    ("[income, work.earners]", "[incme]", "features", '"incme" is not declared: did you mean "income"?'),
    (
        "[income, work.earners]",
        "[income.ratio_to_lin]",
        "features",
        '"income.ratio_to_lin" is not declared: did you mean "income.ratio_to_line"?',
    ),
    ("[income, work.earners]", "[]", "features", "no feature is asked for: name themes or features."),
    (
        "{income.wages_12m:",
        "{income.wage_12m:",
        "without",
        '"income.wage_12m" is not declared: did you mean "income.wages_12m"?',
    ),
    (
        "from: 2016-07-01",
        "from: 2016-07-32",
        "as_of.train.from",
        "'2016-07-32' does not fit: day is out of range for month; a date is written as 2026-01-31: mend the value.",
    ),
    (
        "from: 2016-07-01, every: 3 months",
        "from: 2016-07-01, every: 3 month s",
        "as_of.train.every",
        '"3 month s" is not a length of time: write it as "3 months".',
    ),
    (
        "to: 2021-01-01",
        "to: 2017-01-01",
        "as_of.test",
        "the test dates end (2017-01-01) before they begin (2018-01-01): turn from and to round.",
    ),
    ("to: 2021-01-01, ", "", "as_of.test", "the test dates have no end: write as_of.test.to."),
    (
        "test: {from: 2018-01-01, to",
        "tst: {from: 2018-01-01, to",
        "as_of.tst",
        'there is no key "tst": did you mean "test"?',
    ),
    ("learner: lightgbm", "learner: lightgbn", "learner", '"lightgbn" is not declared: did you mean "lightgbm"?'),
    ("[15, 31]", "[]", "parameters.num_leaves", "the list of values is empty: give at least one."),
    (
        "ratio_to_line: decreasing",
        "ratio_to_line: down",
        "monotone.income.ratio_to_line",
        '"down" is not declared: known: decreasing, increasing.',
    ),
    ("worse: lower", "worse: low", "rule.worse", '"low" is not declared: did you mean "lower"?'),
    (
        "worse: lower",
        "worse: lower, says: income.ratio_to_lin",
        "rule.says",
        '"income.ratio_to_lin" is not declared: did you mean "income.ratio_to_line"?',
    ),
    (
        "rule: {feature: income.ratio_to_line, worse: lower}\n",
        "",
        "baselines",
        "the rule is asked for but not told: write rule: {feature: …, worse: lower}.",
    ),
    ("baselines: all", "baselines: [logistc]", "baselines", '"logistc" is not declared: did you mean "logistic"?'),
    (
        "{share: 0.10}",
        "{share: 10}",
        "judge.capacity.share",
        "10 does not fit: input should be less than 1: mend the value.",
    ),
    (
        "{share: 0.10}",
        "{share: 0.10, families: 30}",
        "judge.capacity",
        "it is to be either a share or a number of families: write {share: 0.10} or {per: …, families: 30}.",
    ),
    ("[region, sex_of_head]", "[regin]", "judge.across", '"regin" is not declared: did you mean "region"?'),
    ("cluster: city", "cluster: town", "judge.cluster", '"town" is not declared: known: city, region, sex_of_head.'),
    (
        "by: precision_at_capacity",
        "by: precision",
        "judge.by",
        '"precision" is not declared: did you mean "average_precision"?',
    ),
    ("seed: 17", 'seed: "17"', "seed", "'17' does not fit: input should be a valid integer: mend the value."),
    ("seed: 17", "seed: 17\nseed: 18", "", 'it is not YAML: line 17 gives "seed" a second time: mend the line named.'),
]


@pytest.mark.parametrize(
    ("said", "mistaken", "key", "message"), MISTAKES, ids=[f"{m[2]}-{m[3][:30]}" for m in MISTAKES]
)
def test_a_mistake_is_refused_with_file_key_and_what_to_do(
    tmp_path: Path, said: str, mistaken: str, key: str, message: str
) -> None:
    text = GOOD.replace(said, mistaken)
    if message.startswith("the rule is asked"):
        text = text.replace("baselines: all", "baselines: [rule]")
    assert text != GOOD
    with pytest.raises(DeclarationError) as refused:
        _read(tmp_path, text)
    assert str(refused.value) == f"{tmp_path / 'below.yaml'} {key}".strip() + f": {message}"


def test_a_misspelt_key_is_told_before_the_one_it_leaves_missing(tmp_path: Path) -> None:
    with pytest.raises(DeclarationError, match='no key "questoin": did you mean "question"'):
        _read(tmp_path, GOOD.replace("question:", "questoin:"))


def test_a_file_that_is_not_there_or_not_a_mapping_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DeclarationError, match="there is no such experiment: name a file of experiments/"):
        read_experiment(tmp_path / "nothing.yaml", NAMES)
    with pytest.raises(DeclarationError, match="it is not a list of keys and values: write `key: value` lines"):
        _read(tmp_path, "- a\n- b\n")
    with pytest.raises(DeclarationError, match="it is not YAML"):
        _read(tmp_path, "a: [1, 2\n")
