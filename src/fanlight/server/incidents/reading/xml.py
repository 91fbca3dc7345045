"""Read XML of outside: one document, without a document type, so that nothing is expanded or fetched."""

from collections.abc import Iterator
from xml.etree import ElementTree as ET

from fanlight.server.incidents.reading.report import bad

MOST_BYTES = 1 << 20
_DEEPEST = 40
_MOST = 50_000


class _Strict(ET.TreeBuilder):
    """Builds a tree; refuses a document type as soon as it begins, and what is too deep or too large."""

    def __init__(self) -> None:
        super().__init__()
        self._depth = self._count = 0

    def doctype(self, *_: str | None) -> None:
        raise bad("The XML has a document type.", "Send it without one.")

    def start(self, tag: str, attrs: dict[str, str], /) -> ET.Element:
        self._depth += 1
        self._count += 1
        if self._depth > _DEEPEST or self._count > _MOST:
            raise bad("The XML is too deep or too large.", "Send each alert by itself.")
        return super().start(tag, attrs)

    def end(self, tag: str, /) -> ET.Element:
        self._depth -= 1
        return super().end(tag)


def read_xml(data: bytes | str) -> ET.Element:
    """Read a document.

    Raises:
        BadExport: no XML, with a document type, over 1 MiB, too deep or too large.
    """
    if len(data) > MOST_BYTES:
        raise bad("The XML is over 1 MiB.", "Send each alert by itself.")
    # Entities need a document type, and that is refused above before its first entity is read.
    parser = ET.XMLParser(target=_Strict())  # noqa: S314
    try:
        parser.feed(data)
        found = parser.close()
    except (ET.ParseError, ValueError, LookupError) as error:
        raise bad("The file is no XML.", "Send it as the dispatch system wrote it.") from error
    assert isinstance(found, ET.Element)  # noqa: S101 - what the builder above returns
    return found


def local(element: ET.Element) -> str:
    """Return an element's name without its namespace."""
    return element.tag.rpartition("}")[2]


def below(element: ET.Element, *names: str) -> Iterator[ET.Element]:
    """Yield the elements at the end of a path of local names, below an element."""
    if not names:
        yield element
        return
    for child in element:
        if local(child) == names[0]:
            yield from below(child, *names[1:])


def text(element: ET.Element, *names: str) -> str:
    """Return the text at the end of a path, stripped; empty if there is none."""
    found = next(below(element, *names), None)
    return (found.text or "").strip() if found is not None else ""
