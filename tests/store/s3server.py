"""A real S3 server (SeaweedFS) on free ports of the loopback, with one bucket, until a block ends."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
from tests.ports import free_port

WEED = Path(sys.executable).parent / "weed"
PORTS = (
    "master.port",
    "master.port.grpc",
    "volume.port",
    "volume.port.grpc",
    "filer.port",
    "filer.port.grpc",
)
OFF = ("-webdav=false", "-master.telemetry=false", "-s3.port.iceberg=0", "-s3.port.lance=0")
KEY, SECRET = "fanlight-test", "not-a-secret-of-anybody"


@dataclass
class S3:
    """A running S3: `environment` is what a server of ours is given to reach it."""

    url: str
    endpoint: str
    process: subprocess.Popen[bytes]

    @property
    def environment(self) -> dict[str, str]:
        return {
            "AWS_ENDPOINT": self.endpoint,
            "AWS_ACCESS_KEY_ID": KEY,
            "AWS_SECRET_ACCESS_KEY": SECRET,
            "AWS_REGION": "us-east-1",
            "AWS_ALLOW_HTTP": "true",
        }


@contextlib.contextmanager
def s3_server(folder: Path, *, public: str | None = None) -> Iterator[S3]:
    """Run it on `folder` until the end of the block; anybody may read the bucket `public`."""
    data, config = folder / "data", folder / "s3.json"
    data.mkdir(parents=True)
    credentials = [{"accessKey": KEY, "secretKey": SECRET}]
    identity = {"name": "test", "credentials": credentials, "actions": ["Admin", "Read", "Write", "List"]}
    everybody = {"name": "anonymous", "actions": [f"Read:{public}"]}
    config.write_text(json.dumps({"identities": [identity, *([everybody] if public else [])]}))
    first = free_port(len(PORTS) + 1)
    *ports, s3, s3_grpc = range(first, first + len(PORTS) + 2)  # it cannot be told to choose them itself
    given = [f"-{name}={port}" for name, port in zip(PORTS, ports, strict=True)]
    command = [str(WEED), "-logtostderr=false", f"-logdir={folder}", "server", "-s3", f"-s3.config={config}"]
    command += ["-ip=127.0.0.1", "-ip.bind=127.0.0.1", f"-dir={data}", "-volume.max=20", *given, *OFF]
    command += [f"-s3.port={s3}", f"-s3.port.grpc={s3_grpc}", "-master.volumeSizeLimitMB=64"]
    command += [f"-filer.localSocket={folder}/filer.sock"]
    with (
        (folder / "weed.log").open("wb") as log,
        subprocess.Popen(
            command, stdout=log, stderr=log, cwd=folder, env={**os.environ, "HOME": str(folder)}
        ) as process,
    ):
        try:
            endpoint = f"http://127.0.0.1:{s3}"
            running = S3("s3://clips/town", endpoint, process)
            _wait(running, folder / "weed.log")
            yield running
        finally:
            process.send_signal(signal.SIGKILL)


def _wait(running: S3, log: Path) -> None:
    """Return when a bucket could be made; the test's own time limit is the only one."""
    import obstore  # noqa: PLC0415 - only who runs an S3 needs it
    from obstore.exceptions import BaseError  # noqa: PLC0415
    from obstore.store import S3Store  # noqa: PLC0415

    made = False
    while not made:
        assert running.process.poll() is None, log.read_text()[-2000:]
        time.sleep(0.1)
        with contextlib.suppress(httpx.HTTPError):
            httpx.get(running.endpoint, trust_env=False)
            store = S3Store(
                "clips",
                endpoint=running.endpoint,
                access_key_id=KEY,
                secret_access_key=SECRET,
                region="us-east-1",
                client_options={"allow_http": True},
                retry_config={"max_retries": 0},
            )
            with contextlib.suppress(BaseError, FileNotFoundError, OSError):
                obstore.put(store, "probe", b"here")  # the bucket is made by the first object in it
                obstore.delete(store, "probe")
                made = True
