"""A note on a clip opens without Fanlight: stock AES-GCM and HKDF, as the spec says."""

import json

from tests.seal.notes import VECTOR, open_note, seal_note

from fanlight.server.vault.rules import NOTE_LENGTH


def test_stock_cryptography_opens_the_note_that_browsers_write() -> None:
    """R01, R05: the twin of core/seal/note.test.ts, by one vector."""
    given = json.loads(VECTOR.read_text())
    file_key, sealed = bytes.fromhex(given["file_key"]), bytes.fromhex(given["sealed"])
    assert open_note(file_key, given["clip"], sealed) == given["note"]
    assert len(sealed) == NOTE_LENGTH
    assert seal_note(file_key, given["clip"], bytes.fromhex(given["iv"]), given["note"].encode()) == sealed
