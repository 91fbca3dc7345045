"""Start a witness: `python -m fanlight.witness --home DIR --name NAME --log VKEY`.

In:     the arguments; a folder to keep the key, the state and a log of what was answered.
Out:    `witness ready <port> <vkey>` on stdout once it answers; ends on SIGTERM or SIGINT with 0.
Holds:  what keeps it from starting is said on stderr in three sentences, and it exits 1.
Absent: everything else of Fanlight.
Why:    docs/spec/log.md
"""

import argparse
import logging
import signal
import sys
import threading
import time
from collections.abc import Sequence
from logging.handlers import RotatingFileHandler
from pathlib import Path

from fanlight.model.errors import FanlightError
from fanlight.proof.cosignature import THE_OPERATOR
from fanlight.proof.errors import ProofError
from fanlight.proof.handover import Handover
from fanlight.proof.note import ED25519, VerifierKey, check_name
from fanlight.witness.errors import CannotStart
from fanlight.witness.http import WitnessServer
from fanlight.witness.store import Store, change_key


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser("fanlight.witness", description="Co-sign the checkpoints of a log.")
    parser.add_argument("--home", type=Path, required=True, help="folder of the key and the state")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one (default)")
    parser.add_argument("--name", required=True, help="name the witness signs under, such as its host name")
    parser.add_argument("--log", action="append", required=True, metavar="VKEY", help="a log to follow")
    parser.add_argument(
        "--handover", action="append", default=[], type=Path, metavar="FILE", help="a log's change of key"
    )
    parser.add_argument(
        "--new-key", action="store_true", help="make a new key that the old one hands over to, and end"
    )
    parser.add_argument("--run-by", default=THE_OPERATOR, help="person or organisation that runs it")
    return parser.parse_args(argv)


def _logs(vkeys: Sequence[str]) -> dict[str, VerifierKey]:
    keys = [VerifierKey.parse(vkey) for vkey in vkeys]
    if any(key.kind != ED25519 for key in keys) or len({key.name for key in keys}) != len(keys):
        raise CannotStart(
            "A log's key is of another kind, or two keys are of one log.",
            kept="Nothing was signed or changed.",
            do="Give the vkey that the log publishes at /log/vkey, once.",
        )
    return {key.name: key for key in keys}


def _handovers(paths: Sequence[Path]) -> list[Handover]:
    try:
        return [Handover.parse(path.read_bytes()) for path in paths]
    except ProofError as error:
        raise CannotStart(
            f"A change of key does not hold: {error.what}",
            kept="Nothing was signed or changed.",
            do="Give the files that the log publishes at /log/handover/1 and so on.",
        ) from error


def _start(args: argparse.Namespace) -> WitnessServer:
    try:
        check_name(args.name)
        store = Store(args.home, args.name, _logs(args.log), time.time, _handovers(args.handover))
        handler = RotatingFileHandler(args.home / "witness.log", maxBytes=1 << 20, backupCount=2)
    except OSError as error:
        raise CannotStart(
            f"The folder {args.home} cannot be used: {error.strerror}.",
            kept="Nothing was signed or changed.",
            do="Give a folder that this account may write to.",
        ) from error
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    try:
        return WitnessServer((args.host, args.port), store, " ".join(args.run_by.split()))
    except (OSError, OverflowError) as error:
        store.close()
        raise CannotStart(
            f"The witness cannot listen on {args.host} port {args.port}: {error}.",
            kept="Its key and state are as they were.",
            do="Stop what uses the port, or give another with --port.",
        ) from error


def main(argv: Sequence[str] | None = None) -> int:
    """Run a witness until it is told to stop; return the exit status."""
    args = _arguments(argv)
    try:
        if args.new_key:
            sys.stdout.write(change_key(args.home, check_name(args.name), time.time).decode())
            return 0
        server = _start(args)
    except FanlightError as error:
        print(f"{error.what} {error.kept} {error.do}", file=sys.stderr)  # noqa: T201 - a command's output
        return 1

    def stop(_number: int, _frame: object) -> None:
        # shutdown() waits for the loop that this very thread runs, so another has to call it.
        threading.Thread(target=server.shutdown, daemon=True).start()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    print(f"witness ready {server.server_port} {server.store.verifier.vkey}", flush=True)  # noqa: T201 - as above
    with server:
        server.serve_forever(poll_interval=0.1)
    server.store.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
