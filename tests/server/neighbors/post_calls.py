"""A call of each route of posts, for the table of access."""

from typing import Any

from fanlight.model.clock import now
from fanlight.model.ids import new_id
from fanlight.wire import b64

_KEY = b64.encode(bytes(32))
_TEXT = {
    "category": "package",
    "title": "Parcel",
    "done": "Somebody took a parcel.",
    "looks": "",
    "cell": "nowhere",
    "day": now().date().isoformat(),
    "part": "",
}
_NONE = ("neighbors.no_post",)
_BECAUSE = {"rule": "N-6", "reason": "It insults somebody."}
_SECRET = {"secret": _KEY}
_SAID = {"secret": _KEY, "text": "It was the wind."}

_NOTICE: dict[str, Any] = {
    "post": new_id(),
    "title": "Bikes",
    "done": "We mark bikes.",
    "cell": "nowhere",
    "day": now().date().isoformat(),
    "part": "",
    "until": "2020-01-01",
    "wanted": None,
}

_SPEECH = {
    "text": new_id(),
    "version": 7,
    "kind": "script",
    "title": "Points",
    "author": "A company",
    "body": "Say this.",
}

# route -> where to call it, codes of answers that only who may call it gets, and the body
POSTS: dict[str, tuple[str, tuple[str, ...], Any]] = {
    "GET /v1/post-rules": ("", (), None),
    "GET /v1/posts": ("", (), None),
    "GET /v1/posts/corrections": ("", (), None),
    "GET /v1/posts/map": ("", (), None),
    "GET /v1/posts/weeks": ("", (), None),
    "GET /v1/posts/years": ("", (), None),
    "GET /neighbors/weeks.atom": ("", (), None),
    "GET /v1/posts/numbers": ("", (), None),
    "GET /neighbors/posts.atom": ("", (), None),
    "GET /neighbors/posts.json": ("", (), None),
    "GET /v1/posts/{post:str}": ("", _NONE, None),
    "POST /v1/posts/{post:str}/removal": ("", _NONE, {"text": "I am in it."}),
    "GET /v1/reports/{report:str}": ("", ("neighbors.no_report",), None),
    "POST /v1/posts/check": ("", ("neighbors.no_place",), _TEXT),
    "POST /v1/posts/media": ("", ("media.no_place",), {"kind": "photo"}),
    "POST /v1/posts": (
        "",
        ("neighbors.no_place",),
        _TEXT | {"post": new_id(), "key": _KEY, "media": [], "anyway": False},
    ),
    "POST /v1/posts/{post:str}/comments": ("", _NONE, {"comment": new_id(), "key": _KEY, "text": "Thanks."}),
    "POST /v1/posts/{post:str}/reports": ("", _NONE, {"rule": "N-6"}),
    "POST /v1/comments/{comment:str}/reports": ("", _NONE, {"rule": "N-6"}),
    "POST /v1/posts/mine": ("", (), {"secrets": [_KEY]}),
    "POST /v1/posts/{post:str}/own": ("", _NONE, _SECRET),
    "POST /v1/posts/{post:str}/correct": ("", _NONE, _SAID),
    "POST /v1/posts/{post:str}/resolve": ("", _NONE, _SECRET),
    "POST /v1/posts/{post:str}/withdraw": ("", _NONE, _SECRET),
    "POST /v1/posts/{post:str}/appeal": ("", _NONE, _SAID),
    "POST /v1/comments/{comment:str}/withdraw": ("", _NONE, _SECRET),
    "POST /v1/comments/{comment:str}/appeal": ("", _NONE, _SAID),
    "GET /v1/agency/notices": ("", (), None),
    "POST /v1/agency/notices": ("", ("neighbors.notice_end",), _NOTICE),
    "POST /v1/agency/notices/{notice:str}/end": ("", _NONE, None),
    "GET /v1/speech": ("", (), None),
    "POST /v1/speech": ("", ("speech.overtaken",), _SPEECH),
    "GET /v1/moderation/queue": ("", (), None),
    "POST /v1/moderation/posts/{post:str}/decide": ("", _NONE, {"act": "show"}),
    "POST /v1/moderation/comments/{comment:str}/decide": ("", _NONE, {"act": "show"}),
    "POST /v1/moderation/appeals/{item:str}/decide": ("", _NONE, _BECAUSE | {"act": "uphold"}),
    "POST /v1/moderation/media/{media:str}/see": ("", _NONE, None),
    "POST /v1/moderation/posts/{post:str}/author": ("", ("neighbors.no_author",), _BECAUSE),
    "POST /v1/moderation/comments/{comment:str}/author": ("", ("neighbors.no_author",), _BECAUSE),
    "POST /v1/moderation/bars": ("", ("neighbors.no_author",), _BECAUSE | {"account": new_id(), "days": 7}),
    "GET /v1/moderation/bars": ("", (), None),
    "POST /v1/moderation/bars/{bar:str}/end": ("", ("neighbors.no_bar",), {"reason": "It was too long."}),
    "GET /v1/moderation/done": ("", (), None),
    "GET /v1/moderation/law": ("", (), None),
    "POST /v1/moderation/law/{item:str}/handed-over": (
        "",
        ("neighbors.no_post",),
        {"to": "CyberTipline", "number": "1", "day": "2026-11-23"},
    ),
}
