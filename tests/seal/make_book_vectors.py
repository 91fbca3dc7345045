"""Write vectors/seal/{book,sheet,compare,wrap}.json anew: `python tests/seal/make_book_vectors.py`.

Sealing is random, so every run differs. Epochs stand once under a name; a case says which of them a server
offers, what the reader knew, and what it must make of them.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from tests.seal.books import PEOPLE, SHEET, Someone, forge, hub_named, roll_of
from tests.seal.old_epochs import new_epoch
from tests.seal.wrapping import wrap_seed

from fanlight.model import clock
from fanlight.seal import bech32, keys, safety
from fanlight.seal.book import next_epoch
from fanlight.seal.epoch import Epoch
from fanlight.seal.notes import Guest, Notes
from fanlight.seal.roll import Hub
from fanlight.seal.safety import PublicHalves
from fanlight.seal.sheet import Sheet
from fanlight.wire import b64, jcs

FOLDER = Path(__file__).parents[2] / "vectors" / "seal"
HOUSEHOLD = "h" * 26
ELSEWHERE = "z" * 26
CAMERA = "k" * 26
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
DAY = date(2026, 11, 22)
ALICE, BOB, CAROL, GINA, THIEF = (PEOPLE[name] for name in ("alice", "bob", "carol", "gina", "thief"))
OTHER_SHEET = Sheet(hashlib.sha256(b"another sheet").digest())
HUB = hub_named("hub")


def make_epochs() -> dict[str, Epoch]:
    """Return every epoch that the cases speak of."""
    alone = roll_of({"alice": "owner"})
    two = roll_of({"alice": "owner", "bob": "member"}, hubs=[HUB])
    full = roll_of({"alice": "owner", "bob": "owner", "gina": "guest"}, hubs=[HUB])
    notes = Notes(
        why="joined",
        names={ALICE.account: "Alice", BOB.account: "Bób 🚪", GINA.account: "Gina"},
        guests={GINA.account: Guest(cameras=frozenset({CAMERA}), until=NOW + timedelta(days=7))},
        mandated=frozenset({CAMERA}),
    )
    made: dict[str, Epoch] = {}

    def put(name: str, after: str | None, roll: Any, signer: keys.SigningKey, why: str = "changed") -> None:
        said = notes if name == "a2" else Notes(why=why)  # type: ignore[arg-type] # of the few that there are
        made[name] = next_epoch(
            household=HOUSEHOLD,
            after=made[after] if after else None,
            roll=roll,
            notes=said,
            signer=signer,
            day=DAY,
        )[1]

    def lie(name: str, after: str | None, roll: Any, signer: keys.SigningKey, **change: Any) -> None:
        made[name] = forge(
            change.pop("household", HOUSEHOLD), made[after] if after else None, roll, signer, DAY, **change
        )

    put("a0", None, alone, ALICE.signing, "founded")
    put("a1", "a0", two, ALICE.signing, "joined")
    put("a2", "a1", full, ALICE.signing)
    put("b3", "a2", roll_of({"bob": "owner", "gina": "guest"}, hubs=[HUB]), BOB.signing, "removed")
    put("a3", "a2", full, ALICE.signing, "month")
    put("a4", "a3", full, ALICE.signing, "month")
    recovered = roll_of({"carol": "owner", "bob": "member"}, hubs=[HUB])
    put("r3", "a2", recovered, SHEET.signing, "recovered")
    put("c4", "r3", recovered, CAROL.signing, "month")
    put("r4", "a3", recovered, SHEET.signing, "recovered")
    put("r5", "c4", roll_of({"thief": "owner"}), SHEET.signing, "recovered")
    put("g0", None, roll_of({"thief": "owner", "alice": "owner"}), THIEF.signing, "founded")

    lie("stranger-3", "a2", full, THIEF.signing)
    lie("member-2", "a1", two, BOB.signing)
    lie("removed-4", "b3", full, ALICE.signing)
    lie("other-sheet-3", "a2", recovered, OTHER_SHEET.signing)
    lie("forged-recovery-3", "a2", recovered, THIEF.signing, by=SHEET.signing.public)
    ghost = roll_of({"alice": "owner", "bob": "member", "thief": "member"}, hubs=[HUB])
    lie("ghost-member-1", "a0", ghost, THIEF.signing, by=ALICE.signing.public)
    ghost_hub = roll_of({"alice": "owner", "bob": "member"}, hubs=[HUB, hub_named("ghost")])
    lie("ghost-hub-1", "a0", ghost_hub, THIEF.signing, by=ALICE.signing.public)
    lie("swapped-3", "a2", _with_keys_of(full, BOB.account, THIEF), ALICE.signing)
    other_hub = replace(HUB, age_recipient=THIEF.age.recipient)
    lie("swapped-hub-3", "a2", roll_of({"alice": "owner"}, hubs=[other_hub]), ALICE.signing)
    for name, roll in _changed_places().items():
        lie(name, "a2", roll, ALICE.signing)
    lie("without-its-maker-3", "a2", roll_of({"bob": "owner"}), ALICE.signing)
    lie("elsewhere-1", "a0", two, ALICE.signing, household=ELSEWHERE)
    lie("by-a-member-0", None, roll_of({"bob": "owner", "alice": "member"}), ALICE.signing)
    _, made["o0"] = new_epoch(
        household=HOUSEHOLD, after=None, members=[ALICE.age.recipient], owner_key=ALICE.signing
    )
    put("o1", "o0", alone, ALICE.signing)
    lie("bobs-o1", "o0", roll_of({"bob": "owner"}), BOB.signing)
    _, made["nameless-1"] = new_epoch(
        household=HOUSEHOLD, after=made["a0"], members=[ALICE.age.recipient], owner_key=ALICE.signing
    )
    made["exchanged-1"] = replace(made["a1"], sealed=made["a0"].sealed)
    made["other-notes-1"] = replace(made["a1"], private=made["a0"].private)
    made["without-notes-1"] = replace(made["a1"], private=b"")
    made["destroyed-1"] = replace(made["a1"], sealed=b"", private=b"")
    return made


def _changed_places() -> dict[str, Any]:
    """Return rolls in which an id of a2 stands for somebody of the other kind."""
    only = roll_of({"alice": "owner"})
    other = Hub(hub=BOB.account, sign_pub=THIEF.signing.public, age_recipient=THIEF.age.recipient)
    same = Hub(hub=BOB.account, sign_pub=BOB.signing.public, age_recipient=BOB.age.recipient)
    member = replace(THIEF.member("member"), account=HUB.hub)
    return {
        "member-as-hub-3": replace(only, hubs=(other,)),
        "hub-as-member-3": replace(only, members=(*only.members, member)),
        "same-keys-3": replace(only, hubs=(same,)),
    }


def _with_keys_of(roll: Any, account: str, other: Any) -> Any:
    swapped = [
        replace(one, sign_pub=other.signing.public, age_recipient=other.age.recipient)
        if one.account == account
        else one
        for one in roll.members
    ]
    return replace(roll, members=tuple(swapped))


def case(  # noqa: PLR0913 - what a vector says
    why: str,
    offer: Sequence[str],
    accepted: Sequence[str] | str,
    *,
    trusted: Sequence[str] = (),
    pin: str | None = None,
    seen: dict[str, timedelta] | None = None,
    pending: str | None = None,
    waiting: str | None = None,
) -> dict[str, Any]:
    """Return a case; `accepted` is the names that count, or the code of the refusal."""
    refused = isinstance(accepted, str)
    return {
        "why": why,
        "offer": list(offer),
        "trusted": list(trusted),
        "pin": pin,
        "seen_hours_ago": {name: ago / timedelta(hours=1) for name, ago in (seen or {}).items()},
        "pending": pending,
        "error": accepted if refused else None,
        "accepted": None if refused else list(accepted),
        "waiting": waiting,
    }


DAY_AND_A_BIT, LESS = timedelta(hours=24), timedelta(hours=23, minutes=59)
HISTORY = ["a0", "a1", "a2"]
CASES = [
    case("a chain of one owner", HISTORY, HISTORY, trusted=["alice"]),
    case("nothing is known, so what is shown is taken", HISTORY, HISTORY),
    case("an empty list of a new household", [], []),
    case(
        "another owner goes on, who was named by the first",
        [*HISTORY, "b3"],
        [*HISTORY, "b3"],
        trusted=["alice"],
    ),
    case("notes of an old epoch were left out", ["a0", "without-notes-1", "a2"], HISTORY, trusted=["alice"]),
    case("the secret of an old epoch was destroyed", ["a0", "destroyed-1", "a2"], HISTORY, trusted=["alice"]),
    case("what was pinned is there", [*HISTORY, "a3"], [*HISTORY, "a3"], pin="a2"),
    case("names follow a key that names nobody", ["o0", "o1"], ["o0", "o1"], trusted=["bob", "alice"]),
    case("a recovery is seen for the first time", [*HISTORY, "r3"], HISTORY, trusted=["alice"], waiting="r3"),
    case(
        "a recovery waits less than a day",
        [*HISTORY, "r3"],
        HISTORY,
        pin="a2",
        seen={"r3": LESS},
        waiting="r3",
    ),
    case(
        "a recovery counts after a day",
        [*HISTORY, "r3"],
        [*HISTORY, "r3"],
        pin="a2",
        seen={"r3": DAY_AND_A_BIT},
    ),
    case("what follows a recovery waits with it", [*HISTORY, "r3", "c4"], HISTORY, pin="a2", waiting="r3"),
    case("a recovery that was pinned stays", [*HISTORY, "r3", "c4"], [*HISTORY, "r3", "c4"], pin="r3"),
    case(
        "who trusts the person who came back takes the recovery below their word, not the next one",
        [*HISTORY, "r3", "c4", "r5"],
        [*HISTORY, "r3", "c4"],
        trusted=["carol"],
        waiting="r5",
    ),
    case(
        "the clock went back since a recovery was seen",
        [*HISTORY, "r3"],
        HISTORY,
        pin="a2",
        seen={"r3": -LESS},
        waiting="r3",
    ),
    case("a recovery is held back by the server", HISTORY, HISTORY, pin="a2", pending="r3", waiting="r3"),
    case(
        "it is still held back after a day",
        HISTORY,
        HISTORY,
        pin="a2",
        pending="r3",
        seen={"r3": DAY_AND_A_BIT},
        waiting="r3",
    ),
    case(
        "an owner's own word voids a recovery",
        [*HISTORY, "a3"],
        [*HISTORY, "a3"],
        pin="a2",
        pending="r3",
        seen={"r3": LESS},
    ),
    case(
        "a voided recovery comes back in its place",
        [*HISTORY, "r3"],
        "altered",
        pin="a3",
        seen={"r3": DAY_AND_A_BIT},
    ),
    case("what is held back is no recovery", HISTORY, "altered", pin="a2", pending="a3"),
    case("a forged recovery is held back", HISTORY, "bad_signature", pin="a2", pending="forged-recovery-3"),
    case("a recovery is forged", [*HISTORY, "forged-recovery-3"], "bad_signature", trusted=["alice"]),
    case("a recovery by another sheet", [*HISTORY, "other-sheet-3"], "altered", trusted=["alice"]),
    case("an old chain is replayed", ["a0", "a1"], "altered", pin="a2"),
    case("nothing is shown to who knows more", [], "altered", pin="a0"),
    case("a fork", [*HISTORY, "a3"], "altered", pin="b3"),
    case("a fork below what was pinned", [*HISTORY, "a3", "a4"], "altered", pin="b3"),
    case("a chain that the server made up", ["g0"], "altered", trusted=["alice"]),
    case("a pin does not make up for it", ["g0"], "altered", trusted=["alice"], pin="g0"),
    case("a stranger signs", [*HISTORY, "stranger-3"], "altered", trusted=["alice"]),
    case("a member who is no owner signs", ["a0", "a1", "member-2"], "altered", trusted=["alice"]),
    case("a removed owner signs", [*HISTORY, "b3", "removed-4"], "altered", trusted=["alice"]),
    case(
        "a ghost member, under an owner's name", ["a0", "ghost-member-1"], "bad_signature", trusted=["alice"]
    ),
    case("a ghost hub, under an owner's name", ["a0", "ghost-hub-1"], "bad_signature", trusted=["alice"]),
    case("a member's keys are exchanged", [*HISTORY, "swapped-3"], "altered", trusted=["alice"]),
    case("a hub's keys are exchanged", [*HISTORY, "swapped-hub-3"], "altered", trusted=["alice"]),
    case(
        "a member comes back as a hub with other keys",
        [*HISTORY, "member-as-hub-3"],
        "altered",
        trusted=["alice"],
    ),
    case(
        "a hub comes back as a member with other keys",
        [*HISTORY, "hub-as-member-3"],
        "altered",
        trusted=["alice"],
    ),
    case(
        "an id that changed its place and not its keys",
        [*HISTORY, "same-keys-3"],
        [*HISTORY, "same-keys-3"],
        trusted=["alice"],
    ),
    case(
        "who made the key is not among its readers",
        [*HISTORY, "without-its-maker-3"],
        "altered",
        trusted=["alice"],
    ),
    case("another household's", ["a0", "elsewhere-1"], "altered", trusted=["alice"]),
    case(
        "the first is signed by somebody it calls a member", ["by-a-member-0"], "altered", trusted=["alice"]
    ),
    case(
        "names by another than the pinned owner of an old key",
        ["o0", "bobs-o1"],
        "altered",
        trusted=["alice"],
    ),
    case("an old key by somebody who is not known", ["o0", "o1"], "altered"),
    case("a key that names nobody after one that does", ["a0", "nameless-1"], "altered", trusted=["alice"]),
    case("a gap", ["a0", "a2"], "altered", trusted=["alice"]),
    case("another order", ["a1", "a0"], "altered", trusted=["alice"]),
    case("the same one twice", ["a0", "a0"], "altered", trusted=["alice"]),
    case("the sealed half is another's", ["a0", "exchanged-1"], "altered", trusted=["alice"]),
    case("the notes are another's", ["a0", "other-notes-1"], "altered", trusted=["alice"]),
]


def bad_statements(whole: dict[str, Any]) -> list[dict[str, Any]]:
    """Return what makes a statement none when laid over `whole`, each with why."""
    alice, bob = whole["members"]
    classic = "age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwj"
    right = alice["age_recipient"]
    wrong = right[:-1] + ("q" if right[-1] != "q" else "p")
    middle = right[:900] + ("q" if right[900] != "q" else "p") + right[901:]
    beyond = bech32.encode(keys.HYBRID_RECIPIENT, b"\xff" * 1216)
    hub = whole["hubs"][0]
    changes: dict[str, dict[str, Any]] = {
        "a member's recipient with a wrong checksum": {"members": [alice | {"age_recipient": wrong}, bob]},
        "a member's recipient with a wrong letter": {"members": [alice | {"age_recipient": middle}, bob]},
        "a hub's recipient with a wrong checksum": {"hubs": [hub | {"age_recipient": wrong}]},
        "a sheet's recipient with a wrong checksum": {
            "recovery": whole["recovery"] | {"age_recipient": wrong}
        },
        "a key for nobody, by its checksum": {"recipient": wrong},
        "a recipient in capitals": {"members": [alice | {"age_recipient": right.upper()}, bob]},
        "a recipient whose numbers are out of range": {"members": [alice | {"age_recipient": beyond}, bob]},
        "no owner": {"members": [alice | {"role": "member"}, bob]},
        "nobody": {"members": []},
        "the same account twice": {"members": [alice, bob | {"account": alice["account"]}]},
        "the same signing key twice": {"members": [alice, bob | {"sign_pub": alice["sign_pub"]}]},
        "a hub with a member's key": {"hubs": [whole["hubs"][0] | {"sign_pub": alice["sign_pub"]}]},
        "a sheet with a member's key": {"recovery": whole["recovery"] | {"sign_pub": alice["sign_pub"]}},
        "a role that does not exist": {"members": [alice, bob | {"role": "officer"}]},
        "a member without post-quantum key": {"members": [alice | {"age_recipient": classic}, bob]},
        "a sheet without post-quantum key": {"recovery": whole["recovery"] | {"age_recipient": classic}},
        "a key for nobody": {"recipient": classic},
        "a short signing key": {"members": [alice | {"sign_pub": b64.encode(b"k" * 31)}, bob]},
        "a field too many for a member": {"members": [alice | {"name": "Alice"}, bob]},
        "a field too many": {"name": "our house"},
        "no sheet": {"recovery": None},
        "a day that is none": {"day": "2026-02-30"},
        "a time instead of a day": {"day": "2026-11-22T12:00:00.000Z"},
        "another version": {"v": 3},
        "version 1 with names": {"v": 1},
        "a first one with one before it": {"n": 0},
        "nine guests": {
            "members": [alice, *(Someone(f"guest {n}").member("guest").to_json() for n in range(9))]
        },
        "five hubs": {"hubs": [hub_named(f"hub {n}").to_json() for n in range(5)]},
        "a hash in capitals": {"private_sha256": whole["private_sha256"].upper()},
    }
    return [{"why": why, "change": change} for why, change in changes.items()]


def write_book() -> None:
    """Write book.json."""
    epochs = make_epochs()
    roll = epochs["a2"].statement.book
    assert roll is not None
    opened = Notes(
        why="joined",
        names={ALICE.account: "Alice", BOB.account: "Bób 🚪"},
        guests={GINA.account: Guest(cameras=None, until=NOW)},
    ).to_bytes(roll.roll)
    text = json.loads(opened)
    bad_notes = {
        "a name for a stranger": text | {"names": {THIEF.account: "Thief"}},
        "cameras for somebody who is no guest": text
        | {"guests": {BOB.account: text["guests"][GINA.account]}},
        "another size": text | {"pad": text["pad"] + "0"},
        "padded with something else": text | {"pad": "1" * len(text["pad"])},
        "a reason that does not exist": text | {"why": "because"},
        "no name": text | {"names": {ALICE.account: ""}},
        "an end that is none": text | {"guests": {GINA.account: {"cameras": None, "until": "tomorrow"}}},
    }
    _write(
        "book.json",
        {
            "household": HOUSEHOLD,
            "now": clock.to_text(NOW),
            "people": {
                name: {
                    "seed": person.seed.hex(),
                    "account": person.account,
                    "sign_pub": b64.encode(person.signing.public),
                }
                for name, person in PEOPLE.items()
            },
            "sheet": SHEET.seed.hex(),
            "hub_identity": keys.member_keys(hashlib.sha256(b"hub").digest()).age.secret,
            "epochs": {name: _light(name, epoch) for name, epoch in epochs.items()},
            "cases": CASES,
            "opening": {
                "epoch": "a2",
                "secret_for": ["alice", "bob", "sheet"],
                "notes_for": ["alice", "bob", "gina", "sheet", "hub"],
                "for_nobody": ["carol", "thief"],
                "notes": {
                    "why": "joined",
                    "names": {ALICE.account: "Alice", BOB.account: "Bób 🚪", GINA.account: "Gina"},
                    "guests": {
                        GINA.account: {"cameras": [CAMERA], "until": clock.to_text(NOW + timedelta(days=7))}
                    },
                    "mandated": [CAMERA],
                },
            },
            "bad_statements": {
                "of": "a1",
                "changes": bad_statements(json.loads(epochs["a1"].statement_bytes)),
            },
            "notes": {"epoch": "a2", "text": opened.decode()},
            "bad_notes": [{"why": why, "text": jcs.dumps(one).decode()} for why, one in bad_notes.items()],
        },
    )


def _light(name: str, epoch: Epoch) -> dict[str, str]:
    """Return the wire form; without notes where no case looks at them, as a server may leave them out."""
    kept = name in {"a0", "a1", "a2", "other-notes-1"}
    return (epoch if kept else replace(epoch, private=b"")).to_wire()


def write_sheet() -> None:
    """Write sheet.json."""
    seeds = [bytes(32), b"\xff" * 32, SHEET.seed]
    words = SHEET.words.split()
    _write(
        "sheet.json",
        {
            "sheets": [
                {
                    "seed": seed.hex(),
                    "words": Sheet(seed).words,
                    "code": Sheet(seed).code,
                    "identity": Sheet(seed).age.secret,
                    "recipient": Sheet(seed).age.recipient,
                    "sign_pub": b64.encode(Sheet(seed).signing.public),
                }
                for seed in seeds
            ],
            "typed": [f"  {SHEET.words.upper()}\n", "\n".join(words), f" {SHEET.code} "],
            "bad": [
                {"why": "a word is missing", "text": " ".join(words[:-1])},
                {"why": "twelve words", "text": " ".join(words[:12])},
                {"why": "two words are exchanged", "text": " ".join([words[1], words[0], *words[2:]])},
                {"why": "a word that is none", "text": " ".join(["fanlight", *words[1:]])},
                {"why": "another language", "text": " ".join(["ábaco", *words[1:]])},
                {"why": "nothing", "text": ""},
                {"why": "a code that is cut", "text": SHEET.code[:-1]},
                {"why": "a code that goes on", "text": SHEET.code + "A"},
                {"why": "a code of another spelling", "text": Sheet(bytes(32)).code[:-1] + "B"},
                {"why": "a code of another version", "text": SHEET.code.replace(":1:", ":2:")},
                {"why": "somebody's seed", "text": SHEET.seed.hex()},
            ],
        },
    )


def write_compare() -> None:
    """Write compare.json."""
    alice, bob, carol = (PublicHalves(one.signing.public, one.age.recipient) for one in (ALICE, BOB, CAROL))
    secret, invite = hashlib.sha256(b"an invitation").digest()[:16], "i" * 26
    mixed = PublicHalves(alice.sign_pub, carol.age_recipient)
    _write(
        "compare.json",
        {
            "alice": alice.to_json(),
            "bob": bob.to_json(),
            "safety": safety.safety_number(alice, bob),
            "others": [
                {
                    "why": "another person",
                    "with": carol.to_json(),
                    "safety": safety.safety_number(alice, carol),
                },
                {
                    "why": "one key exchanged",
                    "with": mixed.to_json(),
                    "safety": safety.safety_number(bob, mixed),
                },
            ],
            "secret": secret.hex(),
            "invite": invite,
            "tag": safety.invite_tag(secret, invite, bob).hex(),
            "code": safety.invite_code(secret, invite, alice, bob),
        },
    )


def write_wrap() -> None:
    """Write wrap.json."""
    prf, account, seed = hashlib.sha256(b"prf").digest(), ALICE.account, ALICE.seed
    wrapped = wrap_seed(prf, account, seed)
    flipped = bytes([wrapped[0] ^ 1]) + wrapped[1:]
    _write(
        "wrap.json",
        {
            "salt": b"fanlight/prf/v1".hex(),
            "prf": prf.hex(),
            "account": account,
            "seed": seed.hex(),
            "wrapped": wrapped.hex(),
            "bad": [
                {
                    "why": "another passkey",
                    "error": "not_for_us",
                    "prf": hashlib.sha256(b"other").hexdigest(),
                },
                {"why": "another account", "error": "not_for_us", "account": BOB.account},
                {"why": "a bit is flipped", "error": "not_for_us", "wrapped": flipped.hex()},
                {"why": "it is cut", "error": "malformed", "wrapped": wrapped[:-1].hex()},
                {"why": "nothing", "error": "malformed", "wrapped": ""},
            ],
        },
    )


def _write(name: str, value: dict[str, Any]) -> None:
    (FOLDER / name).write_text(json.dumps(value, indent=1, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    write_book()
    write_sheet()
    write_compare()
    write_wrap()
