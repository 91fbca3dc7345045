"""Entries that say one plain thing, such as that a key was destroyed: their fields, and the sentence.

In:     an entry's type and its public fields.
Out:    the sentence; None for a type or form that is not one of these.
Holds:  no figure is made of these here; whose page shows one says so itself.
Absent: entries that pages count or follow (oversight.leaves).
"""

from collections.abc import Callable, Mapping
from typing import Any

from fanlight.server.oversight import words

Said = Mapping[str, Any]
_LOOKS = {
    "log": "read its log",
    "access": "looked who has access",
    "patterns": "looked at patterns",
    "export": "took a list away",
    "pseudonyms": "looked whose pseudonyms are whose",
}


def _person(said: Said) -> str:
    what = f"now {said['made']}" if said["made"] else "no longer active"
    return f"{said['agency']}: somebody who was {said['role']} is {what}, since {words.day(said['day'])}."


def _counsel(said: Said) -> str:
    who = "The operator themself" if said.get("own") is True else "Somebody with a key of their own"
    return f"{who} decides on legal process, as the operator's counsel, from {words.day(said['day'])} on."


_MODERATED = {
    "show": "left a {kind} of neighbors, or let it out",
    "remove": "removed a {kind} of neighbors by rule {rule}",
    "confirm": "confirmed a {kind} of neighbors",
    "join": "joined two posts of neighbors about the same",
    "uphold": "looked at an appeal, and the {kind} stays removed by rule {rule}",
    "overturn": "looked at an appeal, and the {kind} is back",
    "author": "looked who wrote a {kind} of neighbors, for rule {rule}",
    "bar": "kept somebody from posting for a while by rule {rule}",
    "bar-end": "let somebody post again",
    "handed-over": "reported a {kind} of neighbors to whom the law names, under rule {rule}",
}


def _number(said: Said, name: str) -> int:
    if type(said[name]) is not int:
        raise TypeError(name)
    return int(said[name])


def _moderated(said: Said) -> str:
    rule = said["rule"] if isinstance(said.get("rule"), str) else "that is not named"
    what = _MODERATED[said["act"]].format(kind=said["kind"], rule=rule)
    return f"A moderator {what}, on {words.day(said['day'])}."


NOTICES: Mapping[str, tuple[tuple[str, ...], Callable[[Said], str]]] = {
    "agreement-document": (
        ("agency", "title", "author", "day"),
        lambda said: f"“{said['title']}” by {said['author']} belongs to an agreement with {said['agency']}.",
    ),
    "clerk": (
        ("name", "office", "counts_from"),
        lambda said: f"{said['name']}, {said['office']}, signs from {words.day(said['counts_from'])} on.",
    ),
    "clerk-ended": (
        ("day", "reason"),
        lambda said: f"A clerk is no more in office since {words.day(said['day'])}: {said['reason']}",
    ),
    "agency-person": (("agency", "day", "role"), _person),
    "agency-person-joined": (
        ("agency", "day"),
        lambda said: f"{said['agency']}: somebody came to it on {words.day(said['day'])}, with own keys.",
    ),
    "counsel-joined": (("day", "key"), _counsel),
    "counsel-ended": (
        ("day", "key"),
        lambda said: (
            f"Somebody with a key of their own is the operator's counsel no more since"
            f" {words.day(said['day'])}."
        ),
    ),
    "moderator-joined": (
        ("day", "key", "recipient"),
        lambda said: (
            f"Somebody with keys of their own decides on posts to neighbors, as a moderator, from"
            f" {words.day(said['day'])} on."
        ),
    ),
    "moderator-ended": (
        ("day", "key"),
        lambda said: (
            f"Somebody with keys of their own is no moderator any more since {words.day(said['day'])}."
        ),
    ),
    "agency-auditor": (
        ("agency", "name", "from", "until"),
        lambda said: (
            f"{said['name']} audits {said['agency']} from {words.day(said['from'])}"
            f" until {words.day(said['until'])}."
        ),
    ),
    "agency-auditor-ended": (
        ("agency", "day", "reason"),
        lambda said: f"An auditor of {said['agency']} ended on {words.day(said['day'])}: {said['reason']}",
    ),
    "audit-look": (
        ("agency", "day", "what"),
        lambda said: (
            f"The auditor of {said['agency']} {_LOOKS.get(said['what'], 'looked')}"
            f" on {words.day(said['day'])}."
        ),
    ),
    "copies-end": (
        ("agency", "ended", "due"),
        lambda said: (
            f"The agreement of {said['agency']} ended on {words.day(said['ended'])}; what it was given here"
            f" is destroyed on {words.day(said['due'])}."
        ),
    ),
    "copies-destroyed": (
        ("agency", "day"),
        lambda said: f"What {said['agency']} was given here was destroyed on {words.day(said['day'])}.",
    ),
    "key-destroyed": (
        ("agency", "day", "key_sha256"),
        lambda said: (
            f"{said['agency']}: on {words.day(said['day'])} the key of a case, every sealed half of it and"
            " every copy under it here were destroyed."
        ),
    ),
    "exports-out": (
        ("agency", "day", "past"),
        lambda said: (
            f"{said['agency']}: exports out past their day and not attested destroyed or returned:"
            f" {words.band(said['past'])}, since {words.day(said['day'])}."
        ),
    ),
    "comment": (
        ("day",),
        lambda said: f"Somebody said something on an agreement on {words.day(said['day'])}.",
    ),
    "comment-removed": (
        ("rule", "day"),
        lambda said: f"A comment was removed on {words.day(said['day'])} by rule {said['rule']}.",
    ),
    "cad-source": (
        ("agency", "name", "day"),
        lambda said: (
            f"{said['name']} ({said['agency']}) passes dispatches on since {words.day(said['day'])}."
        ),
    ),
    "agency-notice": (
        ("agency", "day", "until"),
        lambda said: (
            f"{said['agency']} published a {'wanted ' if said['wanted'] is True else ''}notice to neighbors"
            f" on {words.day(said['day'])}, shown until {words.day(said['until'])} at the latest."
        ),
    ),
    "moderation": (("act", "day", "kind"), _moderated),
    "posts-counted": (
        ("month", "day"),
        lambda said: (
            f"Neighbors wrote {_number(said, 'posts')} posts and {_number(said, 'comments')} comments in"
            f" {said['month']}; counted on {words.day(said['day'])}."
        ),
    ),
    "cad-source-ended": (
        ("agency", "day"),
        lambda said: (
            f"{said['agency']} passes no dispatches on by this source since {words.day(said['day'])}."
        ),
    ),
}


def sentence(kind: str, said: Said) -> str | None:
    """Return what such an entry says, or None."""
    fields, tell = NOTICES.get(kind, ((), None))
    if tell is None or not all(isinstance(said.get(name), str) for name in fields):
        return None
    try:
        return tell(said)
    except (KeyError, ValueError, TypeError):
        return None  # a field that is missing, or no day
