"""Lists as CSV for people who count in spreadsheets."""

import csv
import io
from collections.abc import Sequence
from typing import Any

from litestar import Response


def as_csv(name: str, columns: Sequence[str], rows: Sequence[dict[str, Any]]) -> Response[str]:
    """Return rows as a CSV file `name`; a cell that a spreadsheet would run as a formula is quoted."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(columns)
    for row in rows:
        writer.writerow([_cell(row.get(column)) for column in columns])
    return Response(
        out.getvalue(),
        media_type="text/csv",
        headers={"Content-Disposition": f'attachment; filename="{name}.csv"', "Cache-Control": "no-store"},
    )


def _cell(value: object) -> str:
    text = "" if value is None else str(value)
    return f"'{text}" if text[:1] in {"=", "+", "-", "@", "\t"} else text
