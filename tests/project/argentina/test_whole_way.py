"""The whole way on the bundled sample, twice: the line of JSON that scripts read, and the same bytes both times."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.project.whole_way import demo, made


@pytest.mark.long
def test_the_whole_way_gives_the_same_bytes_twice(tmp_path: Path) -> None:
    told, again = (demo(tmp_path / home, "examples/argentina") for home in ("one", "two"))
    first, second = made(tmp_path / "one"), made(tmp_path / "two")
    assert {name for name in first if first[name] != second.get(name)} == set()
    assert first.keys() == second.keys()
    assert told["experiments"] == again["experiments"]
    assert set(told) >= {"families", "rows", "quarantined", "seconds", "experiments"}
    assert (told["families"], told["rows"], told["quarantined"]) == (26_673, 284_836, 0)
    below = told["experiments"]["below_line"]
    assert below["folds"] == 13
    assert set(below["metrics"]) == {"lightgbm", "logistic", "single_feature", "rule", "prior", "random"}
    for measures in below["metrics"].values():
        for span in (measures["auc"], measures["precision_at_capacity"]):
            assert span["low"] <= span["value"] <= span["high"]
    assert below["gain"]["low"] <= below["gain"]["value"] <= below["gain"]["high"]
    assert below["best_baseline"] in below["metrics"]
