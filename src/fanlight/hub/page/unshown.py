"""What of the settings is only ever written: passwords, and the rest of an address behind its host.

In:     settings; what the page sends back.
Out:    settings with "set" for a secret and `https://host/…` for an address that goes on behind its host,
        where many services keep their token; what came back with the known ones in those places again.
Holds:  what is shown of an address ends in CUT, which no address is: a short one is never saved by mistake.
        A webhook is found again by `ref`, made of its address and the page's key: it opens nothing.
"""

import hashlib
import hmac
from typing import Any
from urllib.parse import urlsplit

import msgspec

from fanlight.hub.options import Chime, HubOptions, Mqtt, Webhook
from fanlight.hub.page.errors import NOTHING, Malformed

SET = "set"
CUT = "/…"
_REF_LENGTH = 16


class WebhookView(msgspec.Struct, frozen=True, kw_only=True):
    """A webhook, without the rest of its address. Sent back with its `ref`, it keeps what is not shown."""

    ref: str
    url: str
    on: tuple[str, ...]
    secret: str


def mark(secret: str) -> str:
    """Return "set" for a secret that is there."""
    return SET if secret else ""


def cut(url: str) -> str:
    """Return what is shown of an address: how it is called and at which host."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return CUT
    host = f"[{host}]" if ":" in host else host
    bare = f"{parts.scheme}://{host}" + ("" if port is None else f":{port}")
    if url in ("", bare, f"{bare}/"):
        return url
    return bare + CUT if parts.scheme in ("http", "https") and host else CUT


def show_webhook(hook: Webhook, key: str) -> WebhookView:
    """Return what is shown of a webhook."""
    return WebhookView(ref=_ref(hook, key), url=cut(hook.url), on=hook.on, secret=mark(hook.secret))


def show_mqtt(mqtt: Mqtt) -> Mqtt:
    """Return the broker's settings without the password."""
    return msgspec.structs.replace(mqtt, password=mark(mqtt.password))


def show_chime(chime: Chime) -> Chime:
    """Return the chime's settings without the rest of its address."""
    return msgspec.structs.replace(chime, url=cut(chime.url))


def put_back(data: dict[str, Any], options: HubOptions, key: str) -> dict[str, Any]:
    """Return what the page sent, with the known secrets where it sent back that they are set.

    Raises:
        Malformed: what is shown of an address came back, and whose it is cannot be told.
    """
    changes = dict(data)
    mqtt, chime, hooks = changes.get("mqtt"), changes.get("chime"), changes.get("webhook")
    if isinstance(mqtt, dict) and mqtt.get("password") == SET:
        changes["mqtt"] = {name: value for name, value in mqtt.items() if name != "password"}
    if isinstance(chime, dict):
        changes["chime"] = chime | _address(chime, options.chime.url)
    if isinstance(hooks, list):
        known = {name: one for one in options.webhook for name in (one.url, _ref(one, key))}
        changes["webhook"] = [_webhook(one, known) if isinstance(one, dict) else one for one in hooks]
    return changes


def _webhook(sent: dict[str, Any], known: dict[str, Webhook]) -> dict[str, Any]:
    before = known.get(str(sent.get("ref", ""))) or known.get(str(sent.get("url", "")))
    fields = {name: value for name, value in sent.items() if name != "ref"}
    fields |= _address(fields, before.url if before else "")
    if fields.get("secret") == SET:
        fields["secret"] = before.secret if before else ""
    return fields


def _address(sent: dict[str, Any], before: str) -> dict[str, Any]:
    url = sent.get("url")
    if not isinstance(url, str) or CUT[-1] not in url:
        return {}
    if not before or url != cut(before):
        raise Malformed(
            "This address is not whole.", kept=NOTHING, do="Leave it as it was shown, or enter all of it."
        )
    return {"url": before}


def _ref(hook: Webhook, key: str) -> str:
    return hmac.new(key.encode(), f"webhook {hook.url}".encode(), hashlib.sha256).hexdigest()[:_REF_LENGTH]
