"""Let tests share code by its place below the repository: `from tests.proof.logs import ...`."""

import sys
from pathlib import Path

ROOT = str(Path(__file__).parents[2])
if ROOT not in sys.path:
    sys.path.insert(0, ROOT)
