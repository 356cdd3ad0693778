"""Days of a zone: an instant lies before a day's first instant exactly when its own day comes before that day."""

from __future__ import annotations

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from tayanch.store.arrow import LAST_DAY
from tayanch.store.midnights import A_DAY, EPOCH, NEVER, day_known, days_of, instant

# Clocks that skip midnight, meet it twice, skip a whole day, and two that never move.
ZONES = ("America/Sao_Paulo", "America/Havana", "Pacific/Apia", "Asia/Tashkent", "UTC")
SPANS = (date(2011, 12, 25), date(2017, 10, 10), date(2018, 2, 14), date(2018, 10, 30), date(1969, 12, 28))


@pytest.mark.parametrize("zone", [ZoneInfo(name) for name in ZONES], ids=str)
@pytest.mark.parametrize("first", SPANS, ids=str)
def test_days_compare_as_instants_do(zone: ZoneInfo, first: date) -> None:
    days = [first + timedelta(days=n) for n in range(12)]
    begins = [instant(day, zone) for day in days]
    edges = {begin + shift for begin in begins for shift in (-1, 0, 1, A_DAY // 3)}
    instants = np.array(sorted(edges), dtype=np.int64)
    found = days_of(instants, zone)
    for when, day_of in zip(instants.tolist(), found.tolist(), strict=True):
        for day, begin in zip(days, begins, strict=True):
            assert (when < begin) == (day_of < day_known(day))


def test_never_comes_after_all_days() -> None:
    zone = ZoneInfo("Asia/Tashkent")
    assert days_of(np.array([NEVER, 0], dtype=np.int64), zone).tolist() == [LAST_DAY, 0]
    assert days_of(np.array([NEVER], dtype=np.int64), zone).tolist() == [LAST_DAY]
    assert not len(days_of(np.empty(0, dtype=np.int64), zone))
    assert day_known(date.max) == LAST_DAY
    assert day_known(date(1970, 1, 2)) == date(1970, 1, 2).toordinal() - EPOCH == 1
