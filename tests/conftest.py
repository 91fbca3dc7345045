"""Helpers beside the tests are importable by name: `importlib` mode puts no test folder on the path."""

import sys
from pathlib import Path

HERE = Path(__file__).parent
for folder in ("blind", "journey", "proof", "server"):
    sys.path.append(str(HERE / folder))
