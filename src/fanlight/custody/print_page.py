"""The page of a package that goes into a paper file: what it is, on what terms, with which hashes.

In:     what the package says of itself, the clips' files, the request's openings, the custody trail.
Out:    one HTML page without a program; the same input gives the same bytes, here and in web/core/evidence.
Holds:  every value is text: none can become part of the page.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from fanlight.wire import jcs

FACTS = (
    "case_number",
    "agency",
    "recipient",
    "ground",
    "return_by",
    "made_at",
    "package",
    "exporter",
    "request",
)
NO_DAY = "no day was named"
AGREED = "What the household agreed to"
AGREED_TEXT = (
    "The words it was shown, signed within the clip's manifest; terms.txt beside the clip has them too."
)
LEADS = (
    "No certificate under Federal Rule of Evidence 902(13) or (14) is drafted here. "
    "These clips are from households that are not named:\n"
    "nobody can certify the system that recorded them, and each is a lead until its owner comes forward."
)
DRAFTED = (
    "certificate.html beside this page has unsigned drafts of certificates under Federal Rule of Evidence "
    "902(13) and (14) for the clips whose giver said who they are:"
)
_PLACE = re.compile(r"\{\{([a-z_]+)\}\}")
_ESCAPED = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;"}


def print_page(  # noqa: PLR0913, PLR0917 - what the page is made of, each once, as its twin takes it
    template: str,
    about: Mapping[str, Any],
    files: Iterable[tuple[str, int, str]],
    asked: Sequence[Mapping[str, Any]],
    custody: Sequence[Mapping[str, str]],
    agreed: Sequence[tuple[str, str]] = (),
    *,
    drafted: Sequence[str] = (),
) -> bytes:
    """Return the page.

    Args:
        template: print.html, with `{{name}}` where something goes.
        about: FACTS of evidence.json.
        files: path, length in bytes and SHA-256 in hex of each clip's files.
        asked: the request's openings, `{field, value}` and more each.
        custody: the trail, oldest first: `{at, act, by}` each.
        agreed: disclosure and terms of each clip whose household signed some.
        drafted: disclosures whose certificates are drafted.
    """
    parts = {name: _text(NO_DAY if about[name] is None else about[name]) for name in FACTS}
    parts["asked"] = "".join(
        f'<tr><th scope="row">{_text(one["field"])}</th><td>{_text(_value(one["value"]))}</td></tr>\n'
        for one in asked
    )
    parts["files"] = "".join(
        f'<tr><td>{_text(path)}</td><td>{size}</td><td class="sum">{digest}</td></tr>\n'
        for path, size, digest in files
    )
    parts["custody"] = "".join(
        f"<tr><td>{_text(one['at'])}</td><td>{_text(one['act'])}</td><td>{_text(one['by'])}</td></tr>\n"
        for one in custody
    )
    parts["agreed"] = _agreed(agreed)
    parts["certificate"] = f"{DRAFTED} {', '.join(drafted)}." if drafted else LEADS
    return _PLACE.sub(lambda found: parts[found[1]], template).encode()


def _agreed(agreed: Sequence[tuple[str, str]]) -> str:
    if not agreed:
        return ""
    rows = "".join(
        f'<tr><th scope="row">{_text(clip)}</th><td style="white-space: pre-wrap">{_text(terms)}</td></tr>\n'
        for clip, terms in agreed
    )
    return f"<h2>{AGREED}</h2>\n<p>{AGREED_TEXT}</p>\n<table>\n{rows}</table>\n"


def _value(value: object) -> str:
    return value if isinstance(value, str) else jcs.dumps(value).decode()


def _text(text: str) -> str:
    return "".join(_ESCAPED.get(letter, letter) for letter in text)
