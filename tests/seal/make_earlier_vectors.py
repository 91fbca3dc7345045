"""Write vectors/seal/earlier.json anew: `python -m tests.seal.make_earlier_vectors`. Each run differs."""

import json
from dataclasses import replace
from typing import Any

from tests.seal.books import PEOPLE, forge, roll_of
from tests.seal.make_book_vectors import DAY, ELSEWHERE, FOLDER, HOUSEHOLD

from fanlight.seal import earlier, sealing
from fanlight.seal.book import next_epoch
from fanlight.seal.container import sha256
from fanlight.seal.earlier import Gift
from fanlight.seal.epoch import Epoch
from fanlight.seal.keys import Identity, SigningKey
from fanlight.seal.notes import Notes
from fanlight.wire import b64, jcs

ALICE, BOB, CAROL, THIEF = (PEOPLE[name] for name in ("alice", "bob", "carol", "thief"))


def make_chain() -> list[tuple[Identity, Epoch]]:
    """Return a book in which bob comes second and alice, who gave him the first keys, is gone at the end."""
    rolls = [
        roll_of({"alice": "owner"}),
        roll_of({"alice": "owner"}),
        roll_of({"alice": "owner", "bob": "member"}),
        roll_of({"alice": "owner", "bob": "owner", "carol": "member"}),
        roll_of({"bob": "owner", "carol": "member"}),
    ]
    signers = [ALICE, ALICE, ALICE, ALICE, BOB]
    made: list[tuple[Identity, Epoch]] = []
    for roll, signer in zip(rolls, signers, strict=True):
        after = made[-1][1] if made else None
        notes = Notes(why="changed")
        step = next_epoch(
            household=HOUSEHOLD, after=after, roll=roll, notes=notes, signer=signer.signing, day=DAY
        )
        made.append(step)
    return made


def signed(gift: Gift, by: SigningKey = ALICE.signing, sealed: bytes = b"", **change: Any) -> dict[str, str]:
    """Return a gift's wire with other fields, signed anew."""
    fields = json.loads(gift.statement_bytes) | change
    if sealed:
        fields["sealed_sha256"] = sha256(sealed).hex()
    data = jcs.dumps(fields)
    sig = b64.encode(by.sign(earlier.CONTEXT, data))
    return {"statement": data.decode(), "sig": sig, "sealed": b64.encode(sealed or gift.sealed)}


def write() -> None:
    """Write the file."""
    made = make_chain()
    pages = [page for _, page in made]

    def give(n: int, who: Any = BOB, by: Any = ALICE) -> Gift:
        return earlier.give(
            pages[n],
            made[n][0].secret,
            account=who.account,
            recipient=who.age.recipient,
            signer=by.signing,
        )

    whole, second = give(0), give(1)
    other = sealing.seal(made[1][0].secret.encode() + b"\n", [BOB.age.recipient])
    for_carol = sealing.seal(made[0][0].secret.encode() + b"\n", [CAROL.age.recipient])
    fork = forge(HOUSEHOLD, None, roll_of({"alice": "owner"}), ALICE.signing, DAY)
    cases: list[tuple[str, dict[str, str], str | None]] = [
        ("an owner gives the first key to who came later", whole.to_wire(), None),
        ("an owner gives the second key", second.to_wire(), None),
        ("an owner who came later gives it too", give(0, by=BOB).to_wire(), None),
        ("an owner who left since gives the key of their last page", give(3).to_wire(), None),
        ("an owner who was removed gives a key from after that", give(4).to_wire(), "altered"),
        ("it is another member's", give(0, CAROL).to_wire(), "altered"),
        ("a member who never was an owner gives it", give(0, by=CAROL).to_wire(), "altered"),
        ("a stranger gives it", give(0, by=THIEF).to_wire(), "altered"),
        ("a stranger gives it in an owner's name", signed(whole, THIEF.signing), "bad_signature"),
        (
            "the word is an owner's, and the key's number another's",
            whole.to_wire() | {"statement": second.statement_bytes.decode()},
            "bad_signature",
        ),
        ("it is another household's", signed(whole, household=ELSEWHERE), "altered"),
        ("it is of a page of another book", signed(whole, epoch_sha256=fork.chain_hash.hex()), "altered"),
        ("its number is another page's", signed(whole, n=1), "altered"),
        ("its number is beyond the book", signed(whole, n=9), "altered"),
        ("the sealed half is another's", whole.to_wire() | {"sealed": second.to_wire()["sealed"]}, "altered"),
        ("the secret is another page's", signed(whole, sealed=other), "altered"),
        ("it is sealed to somebody else", signed(whole, sealed=for_carol), "not_for_us"),
        ("it is nothing", signed(whole) | {"statement": "{}"}, "malformed"),
        ("it has a field too many", signed(whole, extra=1), "malformed"),
        ("it is of another kind", signed(whole, type="epoch"), "malformed"),
        (
            "it is a page of the book",
            replace(pages[0], private=b"").to_wire(),
            "malformed",
        ),
    ]
    content = {
        "household": HOUSEHOLD,
        "people": {one.name: {"seed": one.seed.hex(), "account": one.account} for one in (ALICE, BOB, CAROL)},
        "chain": [page.to_wire() for page in pages],
        "secrets": {str(n): identity.secret for n, (identity, _) in enumerate(made)},
        "cases": [
            {"why": why, "reader": "bob", "household": HOUSEHOLD, "gift": gift, "error": error}
            for why, gift, error in cases
        ],
    }
    path = FOLDER / "earlier.json"
    path.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    write()
