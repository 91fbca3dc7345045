"""Run a demo camera until it is told to stop."""

import argparse
import asyncio
import signal
import ssl
import sys
from pathlib import Path

from fanlight.hub.camera import CameraError
from fanlight.hub.demo_camera.server import DemoCamera
from fanlight.hub.demo_camera.tracks import CLIP, load, make_sound


async def run(args: argparse.Namespace) -> int:
    """Serve until SIGTERM or SIGINT; return the process's exit status."""
    try:
        tls = None
        if args.certificate:
            tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            tls.load_cert_chain(args.certificate, args.key or None)
        sound = None if args.sound == "none" else make_sound(args.sound)
        camera = DemoCamera(await load(args.file), user=args.user, password=args.password, sound=sound)
        await camera.start(args.host, args.port, tls=tls)
    except (CameraError, OSError) as error:
        print(f"The demo camera cannot start: {error}", file=sys.stderr)  # noqa: T201 - a command's output
        return 1
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    print(f"camera ready {camera.port}", flush=True)  # noqa: T201 - a command's output
    await stop.wait()
    await camera.stop()
    return 0


def main() -> int:
    """Read the command line and run."""
    parser = argparse.ArgumentParser(
        prog="python -m fanlight.hub.demo_camera",
        description="A camera made of a clip: rtsp://127.0.0.1:PORT/demo, and a small copy at /demo-sub.",
    )
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8554, help="0 takes any free port")
    parser.add_argument("--file", type=Path, default=CLIP, help="any video FFmpeg decodes")
    parser.add_argument("--user", default="", help="ask for this user name, by digest")
    parser.add_argument("--password", default="")
    parser.add_argument("--sound", choices=("none", "pcmu", "aac"), default="none", help="a made chime")
    parser.add_argument("--certificate", default="", help="speak rtsps:// with this certificate (PEM)")
    parser.add_argument("--key", default="", help="its key, if it is in another file")
    return asyncio.run(run(parser.parse_args()))


if __name__ == "__main__":
    sys.exit(main())
