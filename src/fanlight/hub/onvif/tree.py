"""Read XML that a device sent: safely, and as tolerantly as devices need.

In:     at most MAX_BYTES from a device, never trusted.
Out:    a tree of Node.
Holds:  BadAnswer is the only error raised. No document type, hence no entity and nothing fetched.
Drops:  comments and processing instructions. Names are told apart by their local part alone: devices
        leave prefixes undeclared or declare them wrongly, and no two things we read differ by it.
"""

import codecs
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html import escape
from xml.parsers import expat

from fanlight.hub.onvif.errors import BadAnswer

MAX_BYTES = 1 << 20
_MAX_DEPTH = 64
_MAX_NODES = 20_000
_DECLARED = re.compile(r"""<\?xml[^>]{0,200}encoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"),
    (b"<\0", "utf-16-le"), (b"\0<", "utf-16-be"),
)  # fmt: skip
_SINGLE = frozenset({"iso-8859-1", "iso-8859-15", "windows-1252", "gb2312", "gbk", "gb18030", "big5"})


@dataclass(slots=True)
class Node:
    """One element: local names, its own text stripped, and the prefixes in force at it."""

    name: str
    space: str
    attributes: dict[str, str]
    prefixes: Mapping[str, str]
    text: str = ""
    children: list["Node"] = field(default_factory=list)

    def all(self, name: str) -> Iterator["Node"]:
        """Yield the children of that name."""
        return (child for child in self.children if child.name == name)

    def find(self, *path: str) -> "Node | None":
        """Return the first node at the end of a path of child names."""
        node: Node | None = self
        for name in path:
            node = next(node.all(name), None) if node is not None else None
        return node

    def get(self, *path: str) -> str:
        """Return the text at the end of a path; empty if there is none."""
        node = self.find(*path)
        return node.text if node is not None else ""

    def number(self, *path: str) -> int:
        """Return the whole number at the end of a path; 0 where there is none."""
        return whole(self.get(*path))

    def walk(self) -> Iterator["Node"]:
        """Yield this node and all below it."""
        waiting = [self]
        while waiting:
            node = waiting.pop()
            yield node
            waiting += reversed(node.children)

    def written(self) -> str:
        """Return it as XML, to be handed back to the device that sent it."""
        attributes = "".join(f' {name}="{escape(value)}"' for name, value in self.attributes.items())
        inside = escape(self.text) + "".join(child.written() for child in self.children)
        return f'<{self.name} xmlns="{escape(self.space)}"{attributes}>{inside}</{self.name}>'


def whole(text: str) -> int:
    """Return a non-negative whole number, 0 where the text is none; `25.0` and `+5` count."""
    head = text.strip().removeprefix("+").partition(".")[0]
    return int(head) if head.isascii() and head.isdigit() and len(head) < 10 else 0  # noqa: PLR2004


def truth(text: str) -> bool | None:
    """Return what a device means by `true`, `1`, `false`, `0`; None where it is neither."""
    return {"true": True, "1": True, "false": False, "0": False}.get(text.strip().lower())


def read(data: bytes) -> Node:
    """Read one document.

    Raises:
        BadAnswer: it is too large or too deep, or no XML.
    """
    if len(data) > MAX_BYTES:
        raise BadAnswer("it is too long")
    builder = _Builder()
    # Text first: devices declare utf-16 and send utf-8. The parser is then told, and believes us.
    parser = expat.ParserCreate("utf-8")
    parser.buffer_text = True
    parser.StartElementHandler = builder.start
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.data
    parser.StartDoctypeDeclHandler = builder.doctype
    try:
        parser.Parse(_text(data).encode(), True)  # noqa: FBT003 - the C interface's own
    except expat.ExpatError as error:
        raise BadAnswer("it is not XML") from error
    if builder.root is None:
        raise BadAnswer("it is empty")
    return builder.root


def _text(data: bytes) -> str:
    data = data.lstrip(b" \t\r\n")
    for start, coding in _BOMS:
        if data.startswith(start):
            return data.decode(coding, "replace").lstrip("\ufeff")
    try:
        return data.decode()
    except UnicodeDecodeError:
        found = _DECLARED.match(data[:300].decode("latin-1"))
        declared = found[1].lower() if found else ""
        return data.decode(declared if declared in _SINGLE else "utf-8", "replace")


class _Builder:
    def __init__(self) -> None:
        self.root: Node | None = None
        self._open: list[Node] = []
        self._count = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self._count += 1
        if self._count > _MAX_NODES or len(self._open) >= _MAX_DEPTH:
            raise BadAnswer("it has too many elements")
        prefixes = self._open[-1].prefixes if self._open else {}
        declared = {key[6:]: value for key, value in attributes.items() if key.startswith("xmlns:")}
        if "xmlns" in attributes:
            declared[""] = attributes["xmlns"]
        if declared:
            prefixes = {**prefixes, **declared}
        plain = {
            key.rpartition(":")[2]: value
            for key, value in attributes.items()
            if key != "xmlns" and not key.startswith("xmlns:")
        }
        prefix, _, local = name.rpartition(":")
        node = Node(local, prefixes.get(prefix, ""), plain, prefixes)
        if self._open:
            self._open[-1].children.append(node)
        else:
            self.root = node
        self._open.append(node)

    def end(self, _name: str) -> None:
        node = self._open.pop()
        node.text = node.text.strip()

    def data(self, text: str) -> None:
        self._open[-1].text += text

    def doctype(self, *_: object) -> None:
        raise BadAnswer("it brings a document type")
