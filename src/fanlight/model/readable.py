"""Text by people whom nobody knows, shown to everybody: only what reads as it looks.

In:     a name, or words of several lines.
Out:    the same text; or one error that says which character is not taken.
Holds:  what passes holds no character that cannot be seen, turns the line round or stands in another's
        place: no controls, no joiners in names, no stacks of marks, no two alphabets within a name.
Absent: what a text means; who may say it.
"""

import unicodedata

from fanlight.model.errors import FanlightError

MOST_MARKS = 3  # over one letter; some languages need two
_JOINERS = frozenset("\u200c\u200d")  # within words of Persian, Hindi and others, and within emoji
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_MARKS = frozenset({"Mn", "Me"})
_TOGETHER = ({"HIRAGANA", "KATAKANA", "CJK"}, {"HANGUL", "CJK"}, {"BOPOMOFO", "CJK"})
_FULL_LINE = 10_000


class BadText(FanlightError):
    """A text that does not read as it looks."""

    code = "model.bad_text"


def check_name(text: str, *, most: int = 80) -> str:
    """Return a name if it reads as it looks.

    Args:
        text: of one line, in Unicode's composed form (NFC).
        most: characters at most.

    Raises:
        BadText: it is empty or too long, has a character that is not seen, or letters of two alphabets.
    """
    _check(text, most, lines=False)
    if unicodedata.normalize("NFKC", text) != text:
        raise bad_text(
            "a letter stands there in a form that only looks like it", "Write it with plain letters."
        )
    if "  " in text or text != text.strip() or not any(one.isalnum() for one in text):
        raise bad_text("it has no letter, or spaces that cannot be seen", "Write the name only.")
    scripts = {_script(one) for one in text if one.isalpha()}
    if len(scripts) > 1 and not any(scripts <= group for group in _TOGETHER):
        raise bad_text("it mixes letters of two alphabets that look alike", "Use one alphabet within a name.")
    return text


def check_words(text: str, *, most: int = _FULL_LINE) -> str:
    """Return words if they read as they look; lines end with a line feed. Raises BadText."""
    _check(text, most, lines=True)
    if not text.strip():
        raise bad_text("it is empty", "Write something.")
    return text


def skeleton(text: str) -> str:
    """Return what a name looks like at a glance: letters and digits, without case and marks."""
    plain = unicodedata.normalize("NFKD", text).casefold()
    return "".join(one for one in plain if one.isalnum())


def bad_text(why: str, do: str) -> BadText:
    """Return the error for a text of which `why` holds."""
    return BadText(f"This text cannot be shown to everybody: {why}.", kept="Nothing was published.", do=do)


def _check(text: str, most: int, *, lines: bool) -> None:
    if not 0 < len(text) <= most:
        raise bad_text(f"it is empty or longer than {most} characters", "Shorten it.")
    if any("\ud800" <= one <= "\udfff" for one in text) or unicodedata.normalize("NFC", text) != text:
        raise bad_text("it is not in the composed form of Unicode", "Type it anew.")
    marks = 0
    for one in text:
        kind = unicodedata.category(one)
        if lines and (one == "\n" or one in _JOINERS):
            continue
        if kind in _HIDDEN or (kind == "Zs" and one != " " and not lines):
            raise bad_text(f"it holds a character that cannot be seen (U+{ord(one):04X})", "Take it out.")
        marks = marks + 1 if kind in _MARKS else 0
        if marks > MOST_MARKS:
            raise bad_text("it stacks marks over one letter", "Take them off.")


def _script(letter: str) -> str:
    return unicodedata.name(letter, "?").split(" ", 1)[0].split("-", 1)[0]
