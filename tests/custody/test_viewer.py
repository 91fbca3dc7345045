"""The page in every evidence package, in Chromium with the network off: R30."""

import os
import subprocess
from pathlib import Path

from tests.custody.authority import authority
from tests.custody.forgeries import flip, unpack
from tests.custody.invented_case import CASE_NUMBER, DISCLOSURE, make_case

from fanlight.custody.completing import add_stamp

WEB = Path(__file__).resolve().parents[2] / "web"
PAGE = WEB.parent / "src/fanlight/custody/viewer/page.html"


def film(folder: Path) -> bytes:
    """Return two seconds of moving picture, fragmented as a browser seals them."""
    made = folder / "film.mp4"
    graph = ["-f", "lavfi", "-i", "testsrc2=d=2:s=320x180:r=10"]
    how = [
        "-c:v",
        "libx264",
        "-pix_fmt",
        "yuv420p",
        "-movflags",
        "+frag_keyframe+empty_moov+default_base_moof",
    ]
    subprocess.run(["ffmpeg", "-v", "error", *graph, *how, str(made)], check=True)
    return made.read_bytes()


def walk(spec: str, out: Path, **said: str) -> None:
    """Run one spec of web/e2e in Chromium, on a desk."""
    done = subprocess.run(
        ["npx", "playwright", "test", "--project", "desk"],
        cwd=WEB,
        env={**os.environ, "FANLIGHT_E2E_OUT": str(out), "FANLIGHT_SPEC": spec, **said},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-8_000:] + done.stderr[-2_000:]


def test_the_page_in_a_package_plays_and_checks_it_without_a_network(tmp_path: Path) -> None:
    """R30: sound, changed and unpacked packages, opened as files."""
    here = tmp_path / "packages"
    here.mkdir()
    whole = make_case(film(tmp_path)).build(page=None)
    time = authority(tmp_path / "time")
    (here / "root.pem").write_bytes(time.root)
    (here / "other.pem").write_bytes(authority(tmp_path / "other").root)
    (tmp_path / "plain.zip").write_bytes(whole)
    add_stamp(tmp_path / "plain.zip", here / "stamped.zip", time.answer, time.root)
    (here / "sound.zip").write_bytes(whole)
    (here / "changed.zip").write_bytes(flip(whole, len(whole) // 2))
    for name, data in unpack(whole).items():
        path = here / "unpacked" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    said = {"FANLIGHT_PACKAGES": str(here), "FANLIGHT_CASE": CASE_NUMBER, "FANLIGHT_CLIP": DISCLOSURE}
    walk("viewer.spec.ts", tmp_path / "out", FANLIGHT_VIEWER=str(PAGE), **said)


def test_the_page_is_built_to_the_same_bytes_again(tmp_path: Path) -> None:
    """R30: whoever builds a release can compare the page in a package with their own."""
    command = ["npx", "vite", "build", "--config", "vite.viewer.config.ts", "--logLevel", "error"]
    subprocess.run([*command, "--outDir", str(tmp_path / "viewer"), "--emptyOutDir"], cwd=WEB, check=True)
    again = (tmp_path / "viewer/page.html").read_bytes()
    assert again == PAGE.read_bytes()
    assert b"http-equiv" in again
    assert again.count(b"{{package}}") == 1
