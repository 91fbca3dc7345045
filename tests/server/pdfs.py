"""PDFs for tests, made by hand or by the library that reads them; none is a scan of anything."""

import io
import zlib

from pypdf import PdfWriter
from pypdf.generic import (
    DecodedStreamObject,
    DictionaryObject,
    NameObject,
    StreamObject,
    TextStringObject,
)


def plain(title: str = "Warrant (invented)") -> bytes:
    """Return one empty page."""
    writer = PdfWriter()
    writer.add_blank_page(200, 200)
    writer.add_metadata({"/Title": title})
    return _bytes(writer)


def encrypted() -> bytes:
    """Return one that asks for a password."""
    writer = PdfWriter()
    writer.add_blank_page(200, 200)
    writer.encrypt("secret", algorithm="RC4-128")
    return _bytes(writer)


def scripted() -> bytes:
    """Return one that runs a script when it is opened."""
    writer = PdfWriter()
    writer.add_blank_page(200, 200)
    script = {
        NameObject("/S"): NameObject("/JavaScript"),
        NameObject("/JS"): TextStringObject("app.alert(1)"),
    }
    writer.root_object[NameObject("/OpenAction")] = DictionaryObject(script)
    return _bytes(writer)


def attached() -> bytes:
    """Return one with another file inside."""
    writer = PdfWriter()
    writer.add_blank_page(200, 200)
    writer.add_attachment("more.zip", b"PK\x03\x04")
    return _bytes(writer)


def bomb(plain_bytes: int = 200 << 20) -> bytes:
    """Return one whose only page unpacks to far more than it is."""
    writer = PdfWriter()
    page = writer.add_blank_page(200, 200)
    stream: StreamObject = DecodedStreamObject()
    packer = zlib.compressobj(9)
    zeros = bytes(1 << 20)
    stream._data = b"".join(packer.compress(zeros) for _ in range(plain_bytes >> 20)) + packer.flush()
    stream[NameObject("/Filter")] = NameObject("/FlateDecode")
    page[NameObject("/Contents")] = writer._add_object(stream)
    return _bytes(writer)


def _bytes(writer: PdfWriter) -> bytes:
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()
