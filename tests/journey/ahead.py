"""A town without demo people, and its server as a process whose clock a file puts forward.

In:     `python -m tests.journey.ahead AHEAD ARGUMENT...`: a file with hours; the server's own arguments.
Out:    `server ready PORT`, as the server says it.
Holds:  nothing of ours is replaced: the server is handed a clock, as it is handed a port.
"""

import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from fanlight.cli.demo_town import document, maps
from fanlight.model import clock
from fanlight.seal.keys import SigningKey
from fanlight.server import __main__ as server
from fanlight.server import setup


def settle(home: Path) -> None:
    """Prepare a town of which nobody is known yet."""
    nobody = {"demo": False, "agencies": [], "agreements": [], "clerks": [], "sample_request": None}
    setup.prepare(home, town=document(datetime.now(UTC), SigningKey.new()) | nobody, maps=maps())


def main() -> int:
    """Serve."""
    ahead = Path(sys.argv[1])
    return server.main(sys.argv[2:], lambda: clock.now() + timedelta(hours=float(ahead.read_text() or 0)))


if __name__ == "__main__":
    sys.exit(main())
