"""Import contracts are static; these ask the running programs which modules they hold."""

import subprocess
import sys

import pytest

FORBIDDEN = (
    "fanlight.seal.opening",
    "fanlight.hub",
    "fanlight.custody",
    "av",
    "onnxruntime",
    "c2pa",
    "cv2",
    "rfc3161_client",
    "PIL",
    "fanlight.postmedia",
)


def loaded_by(module: str) -> set[str]:
    probe = f"import sys, {module}; print(*sys.modules)"
    return set(subprocess.check_output([sys.executable, "-c", probe], text=True).split())


@pytest.mark.parametrize("module", ["fanlight.server.app", "fanlight.witness.__main__"])
@pytest.mark.parametrize("forbidden", FORBIDDEN)
def test_a_server_or_witness_process_holds_no_code_that_opens_clips(module: str, forbidden: str) -> None:
    """R03 R05: what cannot be imported cannot be made to open a clip."""
    assert forbidden not in loaded_by(module)


def test_the_probe_sees_a_module_that_is_there() -> None:
    """The control: hub and custody do decode, open and have things stamped, and the probe tells."""
    assert "av" in loaded_by("fanlight.hub.still")
    assert "fanlight.seal.opening" in loaded_by("fanlight.hub.town")
    assert {"fanlight.seal.opening", "rfc3161_client"} <= loaded_by("fanlight.custody.completing")


def test_a_hub_loads_decoders_models_and_frameworks_when_it_needs_them() -> None:
    """R02: what only records fits a small machine; the first look, reader or broker loads what it needs."""
    heavy = {"av", "numpy", "onnxruntime", "litestar", "uvicorn", "aiomqtt", "shapely", "cedarpy", "h3"}
    assert not heavy & loaded_by("fanlight.hub.__main__")


def test_the_place_of_pictures_answers_without_a_decoder_and_decodes_without_an_answer() -> None:
    """R13: what speaks with strangers cannot read a picture, and what reads one can speak with nobody."""
    answers = loaded_by("fanlight.postmedia.__main__")
    assert not {"av", "PIL", "numpy", "fanlight.store", "fanlight.seal", "fanlight.server"} & answers
    child = "fanlight.postmedia.child; fanlight.postmedia.child.load('clip')"
    decodes = loaded_by(child)
    assert {"av", "PIL"} <= decodes
    assert not {"litestar", "granian", "httpx", "fanlight.postmedia.http", "fanlight.server"} & decodes


def test_a_witness_holds_neither_seal_nor_policy_nor_store() -> None:
    """R42: a witness needs proof and wire only, so that another organisation can run it."""
    held = loaded_by("fanlight.witness.__main__")
    assert not {"fanlight.seal", "fanlight.policy", "fanlight.store", "fanlight.server"} & held
