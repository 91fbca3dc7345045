"""A text that somebody hands out to be said by others: the fields of its entry.

Absent: whether it may be entered (server.speech), how it reads (oversight.texts).
Why:    R37, R38; docs/spec/log.md
"""

from typing import Any

import msgspec


class SpeechText(msgspec.Struct, frozen=True, kw_only=True):
    """A version of talking points, a script, a template or a press statement.

    Attributes:
        text: the text's id; `version`: 1, 2, … of it.
        kind: `talking-points`, `script`, `template` or `press-statement`.
        title, author: what it is called, and who wrote these words.
        side: who entered it: `agency`, `operator` or `clerk`; `agency`: its ORI, or null.
        day: when it was entered.
        sha256: of `body`, the words.
    """

    text: str
    version: int
    kind: str
    title: str
    author: str
    side: str
    agency: str | None
    day: str
    sha256: str
    body: str

    def pub(self) -> dict[str, Any]:
        """Return the entry's public fields."""
        made: dict[str, Any] = msgspec.to_builtins(self)
        return made
