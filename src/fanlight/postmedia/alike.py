"""A difference hash: 64 bits that stay nearly the same when a picture is scaled, squeezed or brightened.

It knows nothing of what is in a picture, and no face. It finds a picture again that was removed.
"""

from PIL import Image

_ROWS, _FIELDS = 8, 9


def difference_hash(picture: Image.Image) -> str:
    """Return 16 hexadecimal digits: by rows from the top, 1 where a field is darker than the next one."""
    grey = picture.convert("L").resize((_FIELDS, _ROWS), Image.Resampling.BOX).tobytes()
    bits = 0
    for row in range(_ROWS):
        for field in range(_FIELDS - 1):
            at = row * _FIELDS + field
            bits = bits << 1 | (grey[at] < grey[at + 1])
    return f"{bits:016x}"
