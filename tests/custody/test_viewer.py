"""The page in every evidence package, in Chromium with the network off: R30."""

import os
import subprocess
from pathlib import Path

from tests.custody.authority import authority
from tests.custody.films import film, with_box
from tests.custody.forgeries import flip, unpack
from tests.custody.invented_case import CASE_NUMBER, DISCLOSURE, make_case

from fanlight.custody.c2pa_form import copy_path
from fanlight.custody.completing import Clock, complete
from fanlight.custody.own_certificate import own_signer

WEB = Path(__file__).resolve().parents[2] / "web"
TERMS = "Shared for this case only.\nYou may ask for it back until it is used."
PAGE = WEB.parent / "src/fanlight/custody/viewer/page.html"


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
    whole = make_case(film(tmp_path), terms=TERMS).build(page=None)
    time = authority(tmp_path / "time")
    (here / "root.pem").write_bytes(time.root)
    (here / "other.pem").write_bytes(authority(tmp_path / "other").root)
    (tmp_path / "plain.zip").write_bytes(whole)
    clock, keys = Clock(time.answer, time.root), tmp_path / "keys"
    complete(
        tmp_path / "plain.zip",
        here / "stamped.zip",
        clock=clock,
        signer=lambda agency: own_signer(keys, agency),
    )
    (here / "sound.zip").write_bytes(whole)
    (here / "changed.zip").write_bytes(flip(whole, len(whole) // 2))
    for name, data in unpack(whole).items():
        path = here / "unpacked" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    said = {"FANLIGHT_PACKAGES": str(here), "FANLIGHT_CASE": CASE_NUMBER, "FANLIGHT_CLIP": DISCLOSURE}
    said["FANLIGHT_TERMS"] = TERMS
    walk("viewer.spec.ts", tmp_path / "out", FANLIGHT_VIEWER=str(PAGE), **said)


def test_a_second_reader_of_c2pa_takes_what_is_signed_and_refuses_another_clips(tmp_path: Path) -> None:
    """R30: by `@contentauth/c2pa-web`; the copies are those that `fanlight verify` takes and refuses."""
    copies = []
    for pattern in ("testsrc2", "smptebars"):
        plain, out = tmp_path / f"{pattern}.zip", tmp_path / f"{pattern}-signed.zip"
        plain.write_bytes(make_case(film(tmp_path, pattern)).build())
        complete(plain, out, signer=lambda agency: own_signer(tmp_path / "keys", agency))
        copies.append(unpack(out.read_bytes())[copy_path(DISCLOSURE)])
    clip = unpack(plain.read_bytes())[f"items/{DISCLOSURE}/clip.mp4"]
    (tmp_path / "c2pa-sound.mp4").write_bytes(copies[0])
    (tmp_path / "c2pa-lent.mp4").write_bytes(with_box(clip, copies[0]))
    (tmp_path / "c2pa-changed.mp4").write_bytes(flip(copies[0], copies[0].index(b"mdat") + 2_000))
    (tmp_path / "c2pa-none.mp4").write_bytes(clip)
    walk("c2pa.spec.ts", tmp_path / "out", FANLIGHT_PACKAGES=str(tmp_path))


def test_the_page_is_built_to_the_same_bytes_again(tmp_path: Path) -> None:
    """R30: whoever builds a release can compare the page in a package with their own."""
    command = ["npx", "vite", "build", "--config", "vite.viewer.config.ts", "--logLevel", "error"]
    subprocess.run([*command, "--outDir", str(tmp_path / "viewer"), "--emptyOutDir"], cwd=WEB, check=True)
    again = (tmp_path / "viewer/page.html").read_bytes()
    assert again == PAGE.read_bytes()
    assert b"http-equiv" in again
    assert again.count(b"{{package}}") == 1
