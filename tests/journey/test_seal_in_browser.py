"""Sealed things in Chromium, whose own cryptography opens them: R01."""

import os
import subprocess
from pathlib import Path

WEB = Path(__file__).resolve().parents[2] / "web"
TIMEOUT_S = 900


def test_a_browser_opens_and_refuses_as_every_other_reader_does(tmp_path: Path) -> None:
    """R01: with ML-KEM, X25519 and Ed25519 of its own, a browser comes to what the vectors say."""
    here = {"FANLIGHT_E2E_OUT": str(tmp_path), "FANLIGHT_SPEC": "seal.spec.ts"}
    command = ["npx", "playwright", "test", "--project", "desk"]
    done = subprocess.run(
        command,
        cwd=WEB,
        env={**os.environ, **here},
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
