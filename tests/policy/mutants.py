"""A pack's Cedar text with one small thing turned: what a slip of the pen would make of it."""

import re
from collections.abc import Iterator

_CLAUSE = re.compile(r'@id\("([^"]+)"\)\n.*?;\n', re.DOTALL)
_TOKEN = re.compile(r'"(?:\\.|[^"\\])*"|//[^\n]*|\d+|\b(?:when|unless)\b|&&|\|\||[<>]=?|!(?=context)|\w+|\S')
_OTHER = {
    "when": ("unless",),
    "unless": ("when",),
    "&&": ("||",),
    "||": ("&&",),
    "<": (">",),
    ">": ("<",),
    "<=": (">=",),
    ">=": ("<=",),
    "!": ("",),
}


def mutants(policies: str) -> Iterator[tuple[str, str]]:
    """Yield (what was turned, the text): conditions, joints, comparisons, figures by one, words of lists."""
    for clause in _CLAUSE.finditer(policies):
        head = clause[0].index("resource)")
        for token in _TOKEN.finditer(clause[0], head):
            start, end = clause.start() + token.start(), clause.start() + token.end()
            for new in _turned(token[0]):
                name = f"{clause[1]} at {token.start()}: {token[0]} -> {new}"
                yield name, policies[:start] + new + policies[end:]


def _turned(token: str) -> tuple[str, ...]:
    if token.isdigit():
        return (str(int(token) + 1), str(int(token) - 1))
    if token.startswith('"'):
        return ('"no-such-word"',)
    return _OTHER.get(token, ())
