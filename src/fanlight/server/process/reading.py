"""Read a PDF's form in a process of its own: `python -m fanlight.server.process.reading` < document.

In:     a document on standard input.
Out:    one line: `pages N`, or `bad WHY` with a word of `papers.WHY`; anything else counts as bad.
Holds:  at most 400 MB, 5 s of processor, no file written; nothing is rendered or run.
Absent: the server. Whatever a document does to its reader ends here.
"""

import resource
import sys
import zlib
from typing import Any

_MEMORY, _CPU_S = 400 << 20, 5
_MOST_OBJECTS, _MOST_PAGES, _MOST_PLAIN = 20_000, 500, 64 << 20
_ACTIVE = frozenset(
    {
        *("/JS", "/JavaScript", "/Launch", "/EmbeddedFile", "/EmbeddedFiles", "/XFA", "/RichMedia"),
        *("/SubmitForm", "/ImportData", "/GoToE", "/GoToR", "/Rendition", "/Movie", "/Sound"),
    }
)


class _Bad(Exception):
    pass


def _names(value: Any) -> None:  # noqa: ANN401 - whatever a document holds
    """Raise for what acts by itself, however deep in an object."""
    todo: list[Any] = [value]
    while todo:
        at: Any = todo.pop()
        if isinstance(at, dict):
            raw = at.raw_get  # type: ignore[attr-defined]  # the reader's own kind of dict
            if _ACTIVE & set(at):
                raise _Bad("active")
            if {str(raw(key)) for key in ("/S", "/Type", "/Subtype") if key in at} & _ACTIVE:
                raise _Bad("active")
            todo.extend(raw(key) for key in at)
        elif isinstance(at, list):
            todo.extend(list.__getitem__(at, i) for i in range(len(at)))


def _plain_length(stream: Any) -> int:  # noqa: ANN401 - a stream of the reader
    filters = stream.get("/Filter", [])
    found = [str(one) for one in (filters if isinstance(filters, list) else [filters])]
    deflated = [one for one in found if one in {"/FlateDecode", "/Fl"}]
    if len(deflated) > 1 or {"/LZWDecode", "/LZW", "/RunLengthDecode", "/RL"} & set(found):
        raise _Bad("bomb")
    if not deflated:
        return len(stream._data)  # noqa: SLF001 - the stored bytes, which only this name gives
    unpacked = zlib.decompressobj().decompress(stream._data, _MOST_PLAIN + 1)  # noqa: SLF001
    return len(unpacked)


def read(data: bytes) -> int:
    """Return how many pages there are; raises _Bad, or whatever the reader raises."""
    from io import BytesIO  # noqa: PLC0415 - after the limits

    from pypdf import PdfReader  # noqa: PLC0415
    from pypdf.generic import IndirectObject, StreamObject  # noqa: PLC0415

    if not data.startswith(b"%PDF-") or b"%%EOF" not in data[-1024:]:
        raise _Bad("form")
    reader = PdfReader(BytesIO(data), strict=False)
    if "/Encrypt" in reader.trailer:
        raise _Bad("encrypted")
    known = {(n, gen) for gen, table in reader.xref.items() for n in table if n}
    known |= {(n, 0) for n in reader.xref_objStm}
    if len(known) > _MOST_OBJECTS:
        raise _Bad("bomb")
    _names(reader.trailer)
    plain = 0
    for number, generation in sorted(known):
        one = IndirectObject(number, generation, reader).get_object()
        _names(one)
        if isinstance(one, StreamObject):
            plain += _plain_length(one)
            if plain > _MOST_PLAIN:
                raise _Bad("bomb")
    pages = len(reader.pages)
    if not 0 < pages <= _MOST_PAGES:
        raise _Bad("form")
    return pages


def main() -> None:
    """Read standard input within the limits."""
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (_CPU_S, _CPU_S))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        print(f"pages {read(sys.stdin.buffer.read())}")  # noqa: T201 - the answer
    except _Bad as error:
        print(f"bad {error}")  # noqa: T201
    except MemoryError:
        print("bad bomb")  # noqa: T201
    except Exception:  # noqa: BLE001 - whatever a hostile document makes its reader raise
        print("bad form")  # noqa: T201


if __name__ == "__main__":
    main()
