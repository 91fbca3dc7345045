"""Documents of legal process: a plain PDF is taken as it is, everything else gets one clear error."""

import asyncio
import io
import zipfile

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.server import pdfs

from fanlight.server.errors import Malformed
from fanlight.server.process import papers, reading
from fanlight.wire import b64

PLAIN = pdfs.plain()


def zipped() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("warrant.pdf", bytes(64 << 20))
    return out.getvalue()


HOSTILE = {
    "encrypted": (pdfs.encrypted(), "it is encrypted"),
    "script": (pdfs.scripted(), "it holds a script"),
    "another file": (pdfs.attached(), "it holds a script"),
    "bomb": (pdfs.bomb(), "it unpacks to far more"),
    "zip bomb": (zipped(), "it is no whole PDF"),
    "cut": (PLAIN[:-30], "it is no whole PDF"),
    "empty": (b"", "it is empty"),
    "too large": (PLAIN + bytes(papers.MOST), "it is empty or above"),
    "text": (b"%PDF-1.7 hello %%EOF", "it is no whole PDF"),
}


def test_a_plain_document_is_taken_as_it_was_given() -> None:
    """R22: what is stored and hashed is what was handed in, byte for byte."""
    paper = asyncio.run(papers.read(b64.encode(PLAIN)))
    assert (paper.raw, paper.pages) == (PLAIN, 1)


@pytest.mark.parametrize("name", HOSTILE)
def test_a_document_that_could_do_harm_is_refused_with_the_reason(name: str) -> None:
    """R22: bombs, locked documents and documents that act are refused before anything is stored."""
    data, why = HOSTILE[name]
    with pytest.raises(Malformed, match=why) as caught:
        asyncio.run(papers.read(b64.encode(data)))
    assert caught.value.code == "process.bad_document"


@settings(
    max_examples=150,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
@given(st.data())
def test_a_reader_ends_in_a_number_of_pages_or_an_error(data: st.DataObject) -> None:
    """R22: whatever was changed in a document, its reader answers; its process turns any error into `bad`."""
    changed = bytearray(PLAIN)
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(changed) - 1))
        changed[at : at + data.draw(st.integers(0, 4))] = data.draw(st.binary(max_size=8))
    try:
        pages = reading.read(bytes(changed))
    except Exception:  # noqa: BLE001 - `main` answers `bad form` for any of them
        return
    assert 0 < pages <= 500
