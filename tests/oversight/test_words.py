"""The words for facts are the same here and in the browser."""

import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from fanlight.proof.openings import make_leaf
from fanlight.seal.keys import SigningKey
from fanlight.server.oversight import leaves, notices, sentences, words
from fanlight.server.oversight.leaves import Entry
from fanlight.server.oversight.words import facts_of_request
from fanlight.wire import b64, process

CASES = json.loads((Path(__file__).parents[2] / "vectors/oversight/words.json").read_text("utf-8"))


@pytest.mark.parametrize("case", CASES, ids=[case["why"] for case in CASES])
def test_the_facts_of_a_request_are_worded_as_the_vectors_say(case: dict[str, Any]) -> None:
    """R42: a page can be compared with its leaf, word by word."""
    assert facts_of_request(case["pub"]) == case["words"]


PLAIN: dict[str, dict[str, Any]] = {
    "agreement-document": {"agency": "A", "title": "Minutes", "author": "P. Ivers", "day": "2026-11-22"},
    "clerk": {"name": "P. Ivers", "office": "Clerk", "counts_from": "2026-11-22"},
    "clerk-ended": {"day": "2026-11-22", "reason": "Retired."},
    "agency-person": {"agency": "A", "day": "2026-11-22", "role": "officer", "made": None},
    "agency-person-joined": {"agency": "A", "day": "2026-11-22"},
    "counsel-joined": {"day": "2026-11-22", "key": "K"},
    "counsel-ended": {"day": "2026-11-22", "key": "K"},
    "moderator-joined": {"day": "2026-11-22", "key": "K", "recipient": "age1pq1x"},
    "moderator-ended": {"day": "2026-11-22", "key": "K"},
    "agency-auditor": {"agency": "A", "name": "N", "from": "2026-11-22", "until": "2027-11-22"},
    "agency-auditor-ended": {"agency": "A", "day": "2026-11-22", "reason": "Moved."},
    "audit-look": {"agency": "A", "day": "2026-11-22", "what": "log"},
    "copies-end": {"agency": "A", "ended": "2026-11-22", "due": "2026-12-22"},
    "copies-destroyed": {"agency": "A", "day": "2026-11-22"},
    "key-destroyed": {"agency": "A", "day": "2026-11-22", "key_sha256": "00" * 32},
    "exports-out": {"agency": "A", "day": "2026-11-22", "past": "1-4"},
    "comment": {"day": "2026-11-22"},
    "comment-removed": {"day": "2026-11-22", "rule": "C2"},
    "cad-source": {"agency": "A", "name": "Dispatch", "day": "2026-11-22"},
    "cad-source-ended": {"agency": "A", "day": "2026-11-22"},
    "agency-notice": {"agency": "A", "day": "2026-11-22", "until": "2026-11-30", "wanted": False},
    "moderation": {"act": "remove", "day": "2026-11-22", "kind": "post", "rule": "N-6"},
    "posts-counted": {"month": "2026-10", "day": "2026-11-22", "posts": 3, "comments": 0},
}


@pytest.mark.parametrize("kind", PLAIN)
def test_a_plain_entry_is_said_in_one_sentence_and_one_of_another_form_as_what_it_is(kind: str) -> None:
    """R42: such as that a case's key was destroyed; what is not of that form is not believed."""
    entry = Entry.of(0, make_leaf(kind, PLAIN[kind])[0])
    assert "22 November 2026" in sentences.summary(entry) or kind == "agreement-document"
    for name in set(PLAIN[kind]) - {"made", "rule", "wanted"}:
        other = Entry.of(0, make_leaf(kind, {**PLAIN[kind], name: ["a list"]})[0])
        assert sentences.summary(other) == "A kind or form not known here."


def test_every_type_of_entry_that_is_specified_has_a_name_and_a_sentence() -> None:
    """R42: no entry of this server's own is one that its record page does not know."""
    text = (Path(__file__).parents[2] / "docs/spec/log.md").read_text("utf-8")
    rows = re.search(r"^\| type \| everyone reads \|.*?\n\n", text, re.MULTILINE | re.DOTALL)
    assert rows
    types = set(re.findall(r"^\| `([a-z-]+)` \|", rows[0], re.MULTILINE))
    assert {"town", "key-destroyed", "cad-source"} <= types
    assert types <= set(words.TYPES)
    assert types == set(leaves.KINDS) | set(notices.NOTICES)


def test_what_a_record_enters_of_itself_is_said_in_one_sentence() -> None:
    """R42 R49."""
    day = {"day": "2026-11-22", "size": 64, "root": "00" * 32}
    slot = {"slot": "2026-11-22/1", "due": "2027-05-21", "auditors": ["A", "B", "C"]}
    opened = {"slot": "2026-11-22/1", "opening": {"field": "content", "salt": "00" * 32, "value": None}}
    filled = {"slot": "2026-11-22/1", "opening": {"field": "content", "value": {"kind": "warrant"}}}
    said: dict[str, tuple[dict[str, Any], str]] = {
        "key": ({"kind": "witness", "name": "w.example", "handover": "x"}, "The witness w.example signs"),
        "journal": (day, "What hubs made on 22 November 2026"),
        "sealed": (slot, "filled or not; to be opened by 21 May 2027"),
        "sealed-opened": (opened, "It held nothing."),
        "sealed-renewed": ({**slot, "by": "A court"}, "stays shut until 21 May 2027: A court."),
    }
    for kind, (pub, words_) in said.items():
        entry = Entry.of(0, make_leaf(kind, pub)[0])
        assert words_ in sentences.summary(entry)
        assert kind in words.TYPES
    assert "legal process" in sentences.summary(Entry.of(0, make_leaf("sealed-opened", filled)[0]))


def test_an_entry_of_legal_process_says_whether_counsels_signature_holds() -> None:
    """R22: the page checks what the entry shows; one from before counsel had a key says nothing of it."""
    key, day = SigningKey.new(), date(2026, 11, 23)
    decided = {"process": "p", "kind": "warrant", "court_level": "state", "decision": "accepted", "rules": []}
    packed = {"process": "p"}
    of = {"process": "p", "kind": "warrant", "decision": "accepted"}
    for kind, pub, said in (
        ("process", decided, process.decide(**of, day=day)),
        ("process-packet", packed, process.release(process="p", day=day)),
    ):
        signature = b64.encode(key.sign(process.CONTEXT, said.encode()))
        own = {**pub, "day": day.isoformat(), "counsel": b64.encode(key.public), "signature": signature}
        shown = {
            name: sentences.summary(Entry.of(0, make_leaf(kind, {**own, **change})[0]))
            for name, change in (
                ("holds", {}),
                ("other day", {"day": "2026-11-24"}),
                ("no day", {"day": "never"}),
                ("none", {"counsel": None, "signature": None}),
                ("no key", {"counsel": None}),
                ("no base64", {"signature": "?"}),
            )
        }
        assert "signed with counsel's own key" in shown.pop("holds")
        assert "signature" not in shown.pop("none")
        assert all("a signature that does not hold" in text for text in shown.values())
