"""Keep outside Cedar text within what its parser can bear.

In:     Cedar policy or schema text from a pack.
Out:    whether it is longer or nested deeper than any clause of an ordinance needs.
Why:    cedarpy 4.12 parses by recursion in native code: 150 opening brackets end the process on a
        1 MiB stack, which no `except` can catch. The limits below leave a factor of four.
"""

import re

MAX_CHARACTERS = 64 * 1024
MAX_DEPTH = 16
MAX_TOKENS = 400  # of one statement, which ends with a semicolon

_TOKEN = re.compile(r'"(?:\\.|[^"\\])*"|//[^\n]*|\w+|[^\w\s]', re.DOTALL)
_STEP = {"(": 1, "[": 1, "{": 1, ")": -1, "]": -1, "}": -1}
_END = frozenset(";")


def too_deep(text: str) -> bool:
    """Tell whether a text must not be handed to the Cedar parser."""
    if len(text) > MAX_CHARACTERS:
        return True
    depth = tokens = 0
    for token in _TOKEN.findall(text):
        if token.startswith("//"):
            continue
        tokens += 1
        depth += _STEP.get(token, 0)
        tokens *= token not in _END
        if depth > MAX_DEPTH or tokens > MAX_TOKENS:
            return True
    return False
