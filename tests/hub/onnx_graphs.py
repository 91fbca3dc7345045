"""Small ONNX models written by hand: one node that puts out fixed numbers, whatever picture comes in.

In:     the numbers, the input's shape and the metadata.
Out:    the bytes of a ModelProto (fields as in onnx.proto3, IR version 8, opset 13).
Why:    no weights of the YOLO families may be shipped here; their layouts are documented, so models that emit
        known boxes in each layout show that each is read rightly. They say nothing about any real weights.
"""

import struct
from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

FLOAT, FLOAT16, INT64 = 1, 10, 7
Array = npt.NDArray[np.float32]


def _varint(number: int) -> bytes:
    out = b""
    while number > 127:
        out += bytes([number & 127 | 128])
        number >>= 7
    return out + bytes([number])


def _number(field: int, value: int) -> bytes:
    return _varint(field << 3) + _varint(value)


def _bytes(field: int, value: bytes | str) -> bytes:
    data = value.encode() if isinstance(value, str) else value
    return _varint(field << 3 | 2) + _varint(len(data)) + data


def _value(name: str, shape: Sequence[int | str], kind: int) -> bytes:
    sides = b"".join(
        _bytes(1, _number(1, side) if isinstance(side, int) else _bytes(2, side)) for side in shape
    )
    return _bytes(1, name) + _bytes(2, _bytes(1, _number(1, kind) + _bytes(2, sides)))


def model(
    output: Array,
    shape: Sequence[int | str] = (1, 3, 64, 64),
    metadata: Mapping[str, str] | None = None,
    *,
    kind: int = FLOAT,
    inputs: Sequence[str] = ("images",),
) -> bytes:
    """Return a model that takes `shape` and puts out `output`."""
    tensor = b"".join(_number(1, side) for side in output.shape) + _number(2, FLOAT) + _bytes(8, "boxes")
    tensor += _bytes(9, struct.pack(f"<{output.size}f", *output.ravel().tolist()))
    node = _bytes(1, "boxes") + _bytes(2, "output") + _bytes(4, "Identity")
    graph = _bytes(1, node) + _bytes(2, "made") + _bytes(5, tensor)
    graph += b"".join(_bytes(11, _value(name, shape, kind)) for name in inputs)
    graph += _bytes(12, _value("output", output.shape, FLOAT))
    whole = _number(1, 8) + _bytes(8, _bytes(1, "") + _number(2, 13)) + _bytes(7, graph)
    for key, value in (metadata or {}).items():
        whole += _bytes(14, _bytes(1, key) + _bytes(2, value))
    return whole
