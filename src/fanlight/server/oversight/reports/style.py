"""The style of a report that stands alone, and the hash by which a page's policy lets it in."""

from base64 import b64encode
from functools import cache
from hashlib import sha256
from importlib import resources


@cache
def report_style() -> str:
    """Return the style sheet that stands within a report."""
    folder = resources.files("fanlight.server.oversight")
    return folder.joinpath("templates/report_file.css").read_text("utf-8").strip()


def style_source() -> str:
    """Return what a content-security policy names it by."""
    return f"'sha256-{b64encode(sha256(report_style().encode()).digest()).decode()}'"
