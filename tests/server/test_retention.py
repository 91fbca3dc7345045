"""R26: when copies end, for any case: the rule's promises hold whatever the days are."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fanlight.policy import BadPack
from fanlight.policy.retention import load_retention, read_retention
from fanlight.server.evidence.retention import (
    NOTICE,
    OWN_HOLD,
    Case,
    Hold,
    end_of,
    goes_on,
    goes_today,
    tells,
    withdrawn_goes,
)

DAY = timedelta(days=1)
DAYS = st.dates(date(2026, 1, 1), date(2031, 1, 1))
CASES = st.builds(
    Case,
    asked=DAYS,
    last_copy=st.none() | DAYS,
    keep_days=st.integers(60, 1095),
    minimum_days=st.integers(0, 2000),
    agreement_due=st.none() | DAYS,
)
HOLDS = st.lists(
    st.builds(
        lambda kind, placed, days, ended: Hold(
            kind=kind, placed=placed, until=placed + days * DAY, ended=ended and placed + ended * DAY
        ),
        st.sampled_from(["own", "court", "case"]),
        DAYS,
        st.integers(1, 400),
        st.none() | st.integers(1, 800),
    ),
    max_size=4,
)


@given(case=CASES)
def test_an_end_is_never_below_the_minimum_and_otherwise_the_earliest_limit(case: Case) -> None:
    """R26."""
    end = end_of(case)
    limits = [case.asked + case.keep_days * DAY, *([case.agreement_due] if case.agreement_due else [])]
    floor = case.last_copy + case.minimum_days * DAY if case.last_copy and case.minimum_days else None
    assert end.day == (min(limits) if floor is None else max(min(limits), floor))
    assert (end.why == "minimum") == (floor is not None and floor > min(limits))


@given(case=CASES, told=st.none() | DAYS, holds=HOLDS, today=DAYS)
def test_nothing_goes_before_its_end_untold_or_held(
    case: Case, told: date | None, holds: list[Hold], today: date
) -> None:
    """R26: and once told, ended and free of holds it does go."""
    end = end_of(case)
    gone = goes_today(end, told, holds, today)
    ready = told is not None and told + NOTICE <= today and end.day <= today
    assert gone == (ready and not any(hold.stands(today) for hold in holds))
    if gone:
        assert tells(end, today)
        assert goes_on(end, told, today) <= today


@given(case=CASES, today=DAYS)
def test_who_is_told_when_they_should_be_has_thirty_days(case: Case, today: date) -> None:
    end = end_of(case)
    if tells(end, today):
        assert goes_on(end, today, today) >= today + NOTICE
        assert goes_on(end, None, today) == goes_on(end, today, today)
    else:
        assert goes_on(end, None, today) == end.day


@given(placed=DAYS, days=st.integers(1, 2000), after=st.integers(0, 4000))
def test_an_agencys_own_hold_lapses_and_a_courts_does_not(placed: date, days: int, after: int) -> None:
    """R26: after 180 days at most, by itself; the other stands past its stated end and says so."""
    today, until = placed + after * DAY, placed + days * DAY
    own = Hold(kind="own", placed=placed, until=until)
    assert own.stands(today) == (after < min(days, OWN_HOLD.days))
    assert not own.overdue(today)
    for kind in ("court", "case"):
        hold = Hold(kind=kind, placed=placed, until=until)
        assert hold.stands(today)
        assert hold.overdue(today) == (after >= days)
        assert not Hold(kind=kind, placed=placed, until=until, ended=today).stands(today)


@given(due=DAYS, holds=HOLDS, today=DAYS, used=st.booleans())
def test_what_its_giver_wants_back_goes_unless_used_or_held(
    due: date, holds: list[Hold], today: date, *, used: bool
) -> None:
    gone = withdrawn_goes(due, holds, today, used=used)
    assert gone == (due <= today and not used and not any(hold.stands(today) for hold in holds))


# The list


def _list(*minimums: str) -> bytes:
    head = '{"v": 1, "list": "retention", "version": 1, "language": "en", "note": "", "keep_days": 90'
    return f'{head}, "minimums": [{", ".join(minimums)}]}}'.encode()


def _minimum(category: str, days: int, read: str) -> str:
    fields = f'"category": "{category}", "days": {days}, "section": "1.2", "source": "the code"'
    return f'{{{fields}, "read": "{read}"}}'


def test_a_minimum_whose_law_nobody_read_binds_nothing(tmp_path: Path) -> None:
    """R26: `unread` is never in force; of those that are the longest counts; a town's list comes first."""
    own = tmp_path / "retention.json"
    shipped = load_retention(own)
    assert shipped.minimums
    assert shipped.minimum("Burglary") is None
    rows = [
        _minimum("any", 100, "2026-11-01"),
        _minimum("Burglary", 200, "2026-11-01"),
        _minimum("Burglary", 900, "unread"),
        _minimum("Robbery", 300, "2026-11-01"),
    ]
    own.write_bytes(_list(*rows))
    town = load_retention(own)
    assert town.keep_days == 90
    found = {name: getattr(town.minimum(name), "days", None) for name in ("Burglary", "Robbery", "Arson")}
    assert found == {"Burglary": 200, "Robbery": 300, "Arson": 100}


@given(body=st.binary(max_size=200))
def test_other_bytes_are_no_list(body: bytes) -> None:
    with pytest.raises(BadPack):
        read_retention(body)


@pytest.mark.parametrize("days", [0, -1, 40_000])
def test_a_minimum_of_no_days_or_a_century_is_refused(days: int) -> None:
    with pytest.raises(BadPack):
        read_retention(_list(_minimum("any", days, "unread")))
