"""What a household's list makes of its rows: for every list, every household, and any bytes."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fanlight.seal.keys import member_keys
from fanlight.seal.roll import Hub, Member, Recovery, Roll
from fanlight.server.accounts import forms, rules, store
from fanlight.server.errors import Conflict, Malformed

# Made once: a key with a post-quantum half takes a while.
KEYS = [member_keys(bytes([number]) * 32) for number in range(7)]
PEOPLE = [f"{letter}" * 26 for letter in "abcd"]
HUBS = ["y" * 26, "z" * 26]
SHEET = Recovery(sign_pub=KEYS[6].signing.public, age_recipient=KEYS[6].age.recipient)


def _facts(account: str) -> dict[str, Any]:
    keys = KEYS[(PEOPLE + HUBS).index(account)]
    return {"sign_pub": keys.signing.public, "age_recipient": keys.age.recipient}


def _account(account: str, kind: str | None = None) -> store.Account:
    facts = _facts(account)
    kind = kind or ("hub" if account in HUBS else "member")
    return store.Account(account, kind, facts["sign_pub"], facts["age_recipient"])


def _row(account: str, role: str) -> store.Member:
    facts = _facts(account)
    return store.Member(account, role, facts["sign_pub"], facts["age_recipient"], None)


ROLES = st.sampled_from(["owner", "member", "guest", "installer", "landlord"])
HOUSES = st.dictionaries(st.sampled_from(PEOPLE), ROLES, min_size=1)


def _roll(roles: dict[str, Any], hubs: set[str]) -> Roll:
    return Roll(
        members=tuple(Member(account=a, role=role, **_facts(a)) for a, role in roles.items()),
        hubs=tuple(Hub(hub=hub, **_facts(hub)) for hub in sorted(hubs)),
        recovery=SHEET,
    )


@given(
    inside=HOUSES,
    wanted=HOUSES.filter(lambda roles: "owner" in roles.values()),
    asked=st.sets(st.sampled_from(PEOPLE)),
    hubs=st.sets(st.sampled_from(HUBS)),
    listed=st.sets(st.sampled_from(HUBS)),
)
def test_rows_become_the_list_or_nothing_changes(
    inside: dict[str, str], wanted: dict[str, Any], asked: set[str], hubs: set[str], listed: set[str]
) -> None:
    """R03: after each accepted list the people in the rows are the list's; nobody is in who did not ask."""
    rows = [_row(account, role) for account, role in inside.items()] + [_row(hub, "hub") for hub in hubs]
    accounts = {one: _account(one) for one in PEOPLE + HUBS}
    roll = _roll(wanted, listed)
    try:
        change = rules.change_of(roll, rows, None, accounts=accounts, asked=asked)
    except Conflict:
        assert (set(wanted) - set(inside) - asked) or (listed - hubs)
        return
    after = {**inside, **change.joined, **change.roles}
    for account in change.removed:
        del after[account]
    assert after == wanted
    assert set(change.joined) <= asked
    assert not change.hubs_out  # none was listed before
    assert set(change.hubs_in) == listed


@pytest.mark.parametrize("kind", ["officer", "operator", "hub"])
def test_only_members_accounts_stand_in_a_list(kind: str) -> None:
    """R28: an officer's account is refused whatever the owner signed."""
    rows = [_row(PEOPLE[0], "owner")]
    accounts = {PEOPLE[0]: _account(PEOPLE[0]), PEOPLE[1]: _account(PEOPLE[1], kind)}
    roll = _roll({PEOPLE[0]: "owner", PEOPLE[1]: "member"}, set())
    with pytest.raises(Malformed):
        rules.change_of(roll, rows, None, accounts=accounts, asked={PEOPLE[1]})


@given(wire=st.dictionaries(st.sampled_from(["statement", "sig", "sealed", "private"]), st.text(max_size=99)))
def test_what_is_no_epoch_is_refused_in_one_way(wire: dict[str, str]) -> None:
    with pytest.raises(Malformed):
        rules.check_next_epoch(wire, 0, None, None, owner=KEYS[0].signing.public, household="h" * 26)
    with pytest.raises(Malformed):
        rules.check_recovery(wire, None, sheet=KEYS[6].signing.public, household="h" * 26)


@given(st.text(max_size=60))
def test_a_browsers_word_is_sixteen_to_thirty_two_bytes_or_refused(text: str) -> None:
    try:
        word = forms.device_word(text)
    except Malformed:
        return
    assert word is not None
    assert 16 <= len(word) <= 32
