"""Day keys: sealed to the epoch, forgotten after three days, never lost for it."""

from datetime import timedelta
from pathlib import Path

import pytest
from tests.hub.footage import ROOMY, SECOND, footage, now, record, rows

from fanlight.hub.journal import Journal, Limits, WrongDayKey
from fanlight.hub.journal.check import check
from fanlight.model.check import State
from fanlight.seal import opening
from fanlight.seal.keys import new_identity

TODAY = now().replace(hour=12, minute=0, second=0)  # what is recorded lies on one day
OLD = TODAY - timedelta(days=9)
END = TODAY + timedelta(days=1)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in (folder / "keys").iterdir())


def clean(folder: Path) -> bool:
    return {found.state for found in check(folder, limits=ROOMY)} == {State.HOLDS}


def test_this_hub_forgets_its_own_copy_of_a_key_only_where_the_epoch_has_one(tmp_path: Path) -> None:
    """J5, R05: a stolen hub opens the last three days; a member's key opens the rest."""
    journal, epoch = Journal(tmp_path, ROOMY), new_identity()
    old, new = footage(3, start=OLD), footage(3, start=TODAY, run=1)
    record(journal, "door", old + new)
    journal.close()
    journal = Journal(tmp_path, ROOMY)
    assert journal.read("door", OLD, END) == old + new  # without an epoch nothing is forgotten
    assert journal.keys_since is None
    journal.seal_day_keys([epoch.recipient])
    assert journal.keys_since == OLD.date()  # what members are told, who destroy old keys
    journal.close()
    rows(tmp_path, "UPDATE file SET kept_us = start_us")
    journal = Journal(tmp_path, ROOMY)
    assert names(tmp_path) == [
        f"day-{OLD:%Y-%m-%d}.age", f"day-{TODAY:%Y-%m-%d}.age", f"day-{TODAY:%Y-%m-%d}.key",
    ]  # fmt: skip
    assert journal.read("door", OLD, END) == new
    assert journal.spans("door")[0] == (OLD, OLD + 3 * SECOND)  # it is there, and not for this hub
    ((name, sealed),) = journal.sealed_day_key(OLD.date()).items()
    journal.lend_day_key(name, opening.open_age(sealed, [epoch.secret]))
    assert journal.read("door", OLD, END) == old + new
    journal.close()
    assert clean(tmp_path)
    journal = Journal(tmp_path, ROOMY)
    assert journal.read("door", OLD, END) == new  # what was lent went with the process
    journal.close()


def test_days_to_come_are_sealed_as_their_keys_are_made(tmp_path: Path) -> None:
    today = now().replace(hour=12, minute=0, second=0)  # midnight may have passed since this was imported
    journal, epoch = Journal(tmp_path, ROOMY), new_identity()
    journal.seal_day_keys([epoch.recipient])
    record(journal, "door", footage(1, start=today))
    (sealed,) = journal.sealed_day_key(today.date()).values()
    key = (tmp_path / "keys" / f"day-{today:%Y-%m-%d}.key").read_bytes()
    assert opening.open_age(sealed, [epoch.secret]) == key
    later = new_identity()
    journal.seal_day_keys([later.recipient])
    (sealed,) = journal.sealed_day_key(today.date()).values()
    assert opening.open_age(sealed, [later.secret]) == key
    journal.close()


@pytest.mark.parametrize("harm", ["forgotten", "damaged"])
def test_a_clock_that_comes_back_to_a_day_without_its_key_writes_under_another(
    tmp_path: Path, harm: str
) -> None:
    """J5: the footage under the first key stays openable with the epoch's copy."""
    journal, epoch = Journal(tmp_path, ROOMY), new_identity()
    journal.seal_day_keys([epoch.recipient])
    first = footage(3, start=OLD)
    record(journal, "door", first)
    journal.close()
    own = tmp_path / "keys" / f"day-{OLD:%Y-%m-%d}.key"
    if harm == "forgotten":
        own.unlink(missing_ok=True)
    else:
        own.write_bytes(b"short")
    journal = Journal(tmp_path, ROOMY)
    journal.seal_day_keys([epoch.recipient])
    second = footage(3, start=OLD + 60 * SECOND, run=1)
    record(journal, "door", second)
    journal.change(Limits(reserve_bytes=1))  # looks for keys that had their time
    assert journal.flush()
    assert journal.read("door", OLD, END) == second
    sealed = journal.sealed_day_key(OLD.date())
    assert len(sealed) == 2
    for name, age in sealed.items():
        journal.lend_day_key(name, opening.open_age(age, [epoch.secret]))
    assert journal.read("door", OLD, END) == first + second
    journal.close()


def test_what_is_lent_and_no_key_is_refused(tmp_path: Path) -> None:
    journal = Journal(tmp_path, ROOMY)
    with pytest.raises(ValueError, match="32 bytes"):
        journal.lend_day_key("2026-01-01", b"short")
    segments = footage(2, start=TODAY)
    record(journal, "door", segments)
    with pytest.raises(WrongDayKey):
        journal.lend_day_key(f"{TODAY:%Y-%m-%d}", b"k" * 32)
    journal.close()
