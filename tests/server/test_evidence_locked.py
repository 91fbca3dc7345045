"""A town whose copies lie in a bucket of a real S3 that locks them."""

import asyncio
from pathlib import Path

import httpx
import pytest
from minio import Minio
from tests.server.acting import staff
from tests.server.running import Still, running
from tests.server.test_ends import at, given
from tests.store.s3server import KEY, SECRET, s3_server

from fanlight.server.evidence import drops
from fanlight.store.evidence import NoObjectLock


def test_a_copy_is_locked_while_its_case_lasts_and_no_version_outlives_it(
    database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R26: given, looked at, met its end; a bucket that locks nothing starts no server."""

    async def body(s3: Minio) -> None:
        with pytest.raises(NoObjectLock):
            async with running(tmp_path / "home", database, evidence="s3://clips/town"):
                pass
        async with running(tmp_path / "home", database, ticking=Still(), evidence="s3://copies/town") as town:
            _, name, sealed = await given(town)
            (held,) = s3.list_objects("copies", recursive=True, include_version=True)
            assert held.object_name == f"town/{drops.blob_of(name)}"
            assert s3.is_object_legal_hold_enabled("copies", held.object_name, version_id=held.version_id)
            officer = staff(town.http, "officer")
            shown: httpx.Response = await officer.call("GET", f"/v1/agency/disclosures/{name}/pay")
            assert shown.content == bytes(sealed.pay)
            for day in (150, 180):
                await at(town, day, officer)
            assert list(s3.list_objects("copies", recursive=True, include_version=True)) == []

    with s3_server(tmp_path / "s3") as running_s3:
        for key, value in running_s3.environment.items():
            monkeypatch.setenv(key, value)
        endpoint = running_s3.endpoint.removeprefix("http://")
        s3 = Minio(endpoint, access_key=KEY, secret_key=SECRET, secure=False, region="us-east-1")
        s3.make_bucket("copies", object_lock=True)
        asyncio.run(body(s3))
