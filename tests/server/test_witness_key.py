"""The witness's key is pinned whole or not at all."""

import asyncio
import os
from pathlib import Path

import pytest
from tests.server.running import prepare, witness_process

from fanlight.proof.cosignature import parse_witnesses
from fanlight.server.log.witnesses import WitnessClient


def test_a_crash_while_the_key_is_pinned_leaves_none_or_a_whole_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R42: what the server learns of its witness it learns once."""
    vkey, known = prepare(tmp_path), tmp_path / "server" / "witness.vkeys"

    def crash(_file: int) -> None:
        raise OSError("the disk is gone")

    async def learn(url: str) -> str:
        client = WitnessClient(url, known=known)
        try:
            return (await client.learn()).key.name
        finally:
            await client.close()

    with witness_process(tmp_path / "w", vkey) as url:
        with monkeypatch.context() as broken:
            broken.setattr(os, "fsync", crash)
            with pytest.raises(OSError, match="the disk is gone"):
                asyncio.run(learn(url))
        assert not known.exists()
        assert asyncio.run(learn(url)) == "w.example"
    (pinned,) = parse_witnesses(known.read_text())
    assert pinned.key.name == "w.example"
    assert asyncio.run(learn("http://127.0.0.1:9")) == "w.example"
