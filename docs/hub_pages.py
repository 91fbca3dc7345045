"""The reference pages of a hub, its settings and the calls of its page, from the code itself."""

import ast
import re
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any, Literal, get_args, get_origin

import msgspec

from fanlight.hub import options
from fanlight.hub.page.app import ROUTES
from fanlight.hub.page.guard import OPEN

TABLES = (
    ("`[page]`", "Page"),
    ("`[storage]`", "Storage"),
    ("`[uploads]`", "Uploads"),
    ("`[[camera]]`", "Camera"),
    ("`[camera.detect]`", "Detect"),
    ("An entry of `zones` in `[camera.detect]`", "Zone"),
    ("`[camera.privacy]`", "Privacy"),
    ("`[camera.bell]`", "Bell"),
    ("`[detector]`", "Detector"),
    ("`[mqtt]`", "Mqtt"),
    ("`[[webhook]]`", "Webhook"),
    ("`[chime]`", "Chime"),
)


def settings_page() -> str:
    """Return every setting of `hub.toml` with its form, its default and its meaning."""
    tree = ast.parse(Path(options.__file__).read_text())
    classes = {node.name: node for node in tree.body if isinstance(node, ast.ClassDef)}
    lines = [
        "# Settings of a hub: `hub.toml`",
        "",
        "Generated from `fanlight/hub/options.py`. The file lies in the hub's folder, readable by its owner",
        "only, and is written by the hub's page too: your comments stay. A change is at work within two",
        "seconds; a file that cannot be used is refused with the reason on the health page, and what held",
        "before goes on. What is left out has its default.",
    ]
    for heading, name in TABLES:
        node, struct = classes[name], getattr(options, name)
        told = " ".join((ast.get_docstring(node) or "").split())
        lines += ["", f"## {heading}", "", told]
        lines += ["", "| setting | form | default | meaning |", "| --- | --- | --- | --- |"]
        meanings = _field_docs(node)
        for field in msgspec.structs.fields(struct):
            default = "needed" if field.required else _toml(field.default)
            if isinstance(field.default, msgspec.Struct):
                continue  # a table of its own
            form = _form(field.type)
            lines.append(f"| `{field.name}` | {form} | {default} | {meanings[field.name]} |")
    return "\n".join(lines) + "\n"


def api_page() -> str:
    """Return every call that the hub's page answers."""
    lines = [
        "# Calls of a hub's page",
        "",
        "Generated from `fanlight/hub/page`. Times are RFC 3339 in UTC, outlines lists of [x, y] as shares",
        "of the picture. Calls with *key* need the header `Authorization: Bearer KEY`, with the key in the",
        "link that `fanlight hub page` prints. A refusal is `{code, what, kept, do}`. The forms of questions",
        "and answers are at `/api/schema/openapi.json` of a hub, with these names.",
        "",
        "| call | name | | what it does |",
        "| --- | --- | --- | --- |",
    ]
    rows = []
    for handler in ROUTES:
        for path in handler.paths:
            plain = re.sub(r"\{(\w+):\w+\}", r"{\1}", path)
            method = "/".join(sorted(str(one) for one in handler.http_methods))
            told = " ".join((handler.fn.__doc__ or "").split("\n\n")[0].split())
            name = handler.operation_id or ""
            if handler.include_in_schema is not False:
                key = "" if OPEN.fullmatch(path) else "key"
                rows.append((plain, f"| `{method} {plain}` | `{name}` | {key} | {told} |"))
    return "\n".join([*lines, *(row for _, row in sorted(rows))]) + "\n"


def _field_docs(node: ast.ClassDef) -> dict[str, str]:
    """Return the sentence after each field of a class."""
    found = {}
    for field, after in pairwise(node.body):
        is_text = isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant)
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name) and is_text:
            found[field.target.id] = " ".join(str(after.value.value).split())  # type: ignore[attr-defined]
    return found


def _form(kind: Any) -> str:  # noqa: ANN401 - an annotation of any kind
    """Return a field's type in words."""
    if get_origin(kind) is Annotated:
        inner, meta = get_args(kind)[0], get_args(kind)[1]
        bounds = [
            f"{word} {getattr(meta, name):.9g}"
            for name, word in (("gt", "above"), ("ge", "from"), ("le", "to"))
            if getattr(meta, name, None) is not None
        ]
        return " ".join([_form(inner), *bounds])
    if get_origin(kind) is Literal:
        return ", ".join(f"`{word}`" for word in get_args(kind))
    if get_origin(kind) is tuple:
        inner = get_args(kind)[0]
        if get_args(kind)[1:] == (float,) or Ellipsis not in get_args(kind):
            return "point [x, y], shares of the picture"
        return f"list of {_form(inner)}"
    names = {str: "text", int: "whole number", float: "number", bool: "`true`, `false`"}
    return names.get(kind, "tables as below" if isinstance(kind, type) else str(kind))


def _toml(value: object) -> str:
    """Return a default as it would stand in the file."""
    words = {True: "`true`", False: "`false`", "": "empty", (): "empty"}
    if isinstance(value, bool | str | tuple) and value in words:
        return words[value]
    if isinstance(value, tuple):
        return ", ".join(f"`{one}`" for one in value)
    return (
        f'`"{value}"`'
        if isinstance(value, str)
        else f"`{value:g}`"
        if isinstance(value, float)
        else f"`{value}`"
    )
