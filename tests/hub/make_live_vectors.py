"""Write vectors/live: sealed words and pictures, and G.711, that Python and TypeScript read alike."""

import json
from pathlib import Path
from unittest import mock

import av

from fanlight.hub.live import sealed

ROOT = Path(__file__).resolve().parents[2]
KEY, SESSION = bytes(range(32)), bytes(range(16))
CAMERA = "c" * 26


def main() -> None:
    """Write both files."""
    up = sealed.Speaker(KEY, SESSION, "up")
    words = [up.seal(sealed.JSON, b'{"t":"ping","n":1}'), up.seal(sealed.SOUND, bytes(320))]
    with mock.patch("secrets.token_bytes", return_value=KEY):
        stream = sealed.StreamKey(7, CAMERA, "main")
    pictures = [
        stream.seal(b"key frame", is_key=True, at_us=1_000_000, wall_us=1_800_000_000_000_000),
        stream.seal(b"delta", is_key=False, at_us=1_066_667, wall_us=1_800_000_000_066_667),
    ]
    made = {
        "why": "Each message opens with this key in this order, and in no other.",
        "key": KEY.hex(),
        "session": SESSION.hex(),
        "camera": CAMERA,
        "role": "main",
        "stream": 7,
        "words": [{"kind": m[0], "body": m[1].hex()} for m in ((0, b'{"t":"ping","n":1}'), (1, bytes(320)))],
        "sealed_words": [message.hex() for message in words],
        "pictures": [
            {
                "number": 0,
                "key": True,
                "at_us": 1_000_000,
                "wall_us": 1_800_000_000_000_000,
                "data": "key frame",
            },
            {
                "number": 1,
                "key": False,
                "at_us": 1_066_667,
                "wall_us": 1_800_000_000_066_667,
                "data": "delta",
            },
        ],
        "sealed_pictures": [message.hex() for message in pictures],
    }
    folder = ROOT / "vectors" / "live"
    folder.mkdir(exist_ok=True)
    (folder / "sealed.json").write_text(json.dumps(made, indent=1) + "\n")
    (folder / "g711.json").write_text(json.dumps({law: decoded(law) for law in ("ulaw", "alaw")}) + "\n")


def decoded(law: str) -> list[int]:
    """Return the sample that each of the 256 codes stands for."""
    decoder = av.CodecContext.create({"ulaw": "pcm_mulaw", "alaw": "pcm_alaw"}[law], "r")
    assert isinstance(decoder, av.AudioCodecContext)
    decoder.sample_rate, decoder.layout = 8_000, "mono"
    return [
        int(one) for frame in decoder.decode(av.Packet(bytes(range(256)))) for one in frame.to_ndarray()[0]
    ]


if __name__ == "__main__":
    main()
