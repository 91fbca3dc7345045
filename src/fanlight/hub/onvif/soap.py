"""SOAP 1.2 messages: what we send, and what comes back taken out of its envelope.

In:     a request as XML of ours; the bytes of an answer, never trusted.
Out:    the bytes to send; the one element in the answer's body.
Holds:  OnvifError is the only error raised by reading. A password enters a message as a digest only.
Source: SOAP 1.2; WS-Addressing 1.0; WS-Security UsernameToken Profile 1.0; ONVIF Core, 5.9.
"""

import base64
import hashlib
from datetime import UTC, datetime
from html import escape

from fanlight.hub.onvif import tree
from fanlight.hub.onvif.errors import BadAnswer, OnvifFault, OnvifRefused

DEVICE = "http://www.onvif.org/ver10/device/wsdl"
MEDIA = "http://www.onvif.org/ver10/media/wsdl"
MEDIA2 = "http://www.onvif.org/ver20/media/wsdl"
EVENTS = "http://www.onvif.org/ver10/events/wsdl"
DEVICE_IO = "http://www.onvif.org/ver10/deviceIO/wsdl"
SCHEMA = "http://www.onvif.org/ver10/schema"
NOTIFICATION = "http://docs.oasis-open.org/wsn/b-2"
_ENVELOPE = "http://www.w3.org/2003/05/soap-envelope"
_ADDRESSING = "http://www.w3.org/2005/08/addressing"
_WSS = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss"
_REFUSALS = frozenset({
    "NotAuthorized", "FailedAuthentication", "InvalidSecurity", "InvalidSecurityToken",
    "OperationProhibited", "SenderNotAuthorized", "MessageExpired",
})  # fmt: skip


def request(body: str, *, header: str = "") -> bytes:
    """Return an envelope around a body and header blocks that are XML already."""
    head = f"<s:Header>{header}</s:Header>" if header else ""
    return (
        f'<?xml version="1.0" encoding="utf-8"?><s:Envelope xmlns:s="{_ENVELOPE}">'
        f"{head}<s:Body>{body}</s:Body></s:Envelope>"
    ).encode()


def addressed(action: str, to: str, message_id: str, echo: str = "") -> str:
    """Return WS-Addressing header blocks; `echo` is what the device wants to have back."""
    return (
        f'<Action xmlns="{_ADDRESSING}" xmlns:s="{_ENVELOPE}" s:mustUnderstand="1">{escape(action)}</Action>'
        f'<MessageID xmlns="{_ADDRESSING}">{escape(message_id)}</MessageID>'
        f'<ReplyTo xmlns="{_ADDRESSING}"><Address>{_ADDRESSING}/anonymous</Address></ReplyTo>'
        f'<To xmlns="{_ADDRESSING}" xmlns:s="{_ENVELOPE}" s:mustUnderstand="1">{escape(to)}</To>{echo}'
    )


def password_digest(nonce: bytes, created: str, password: str) -> str:
    """Return what stands for the password: base64 of SHA-1 of nonce, time as written, and password."""
    digest = hashlib.sha1(nonce + created.encode() + password.encode(), usedforsecurity=False).digest()
    return base64.b64encode(digest).decode()


def username_token(user: str, password: str, created: datetime, nonce: bytes) -> str:
    """Return the security header; `created` is by the device's clock, or it takes us for a replay.

    Only the form without fractions of a second is accepted by every make.
    """
    when = created.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return (
        f'<wsse:Security xmlns:wsse="{_WSS}-wssecurity-secext-1.0.xsd" '
        f'xmlns:wsu="{_WSS}-wssecurity-utility-1.0.xsd" xmlns:s="{_ENVELOPE}" s:mustUnderstand="1">'
        f"<wsse:UsernameToken><wsse:Username>{escape(user)}</wsse:Username>"
        f'<wsse:Password Type="{_WSS}-username-token-profile-1.0#PasswordDigest">'
        f"{password_digest(nonce, when, password)}</wsse:Password>"
        f'<wsse:Nonce EncodingType="{_WSS}-soap-message-security-1.0#Base64Binary">'
        f"{base64.b64encode(nonce).decode()}</wsse:Nonce>"
        f"<wsu:Created>{when}</wsu:Created></wsse:UsernameToken></wsse:Security>"
    )


def answer(data: bytes) -> tree.Node:
    """Return the element in the body of an answer.

    Raises:
        OnvifRefused: the device wants another user or password.
        OnvifFault: it says no for another reason.
        BadAnswer: it is no envelope.
    """
    body = tree.read(data).find("Body")
    if body is None or not body.children:
        raise BadAnswer("it is no SOAP message")
    inside = body.children[0]
    if inside.name != "Fault":
        return inside
    words = _fault_words(inside)
    if not _REFUSALS.isdisjoint(words):
        raise OnvifRefused
    raise OnvifFault(words[-1] if words else "")


def _fault_words(fault: tree.Node) -> list[str]:
    """Return the codes from the general to the particular."""
    words = []
    code = fault.find("Code")
    for _ in range(8):
        if code is None:
            break
        words.append(code.get("Value").rpartition(":")[2])
        code = code.find("Subcode")
    detail = fault.find("Detail") or fault.find("detail")
    if detail is not None and detail.children:  # WS-BaseNotification names its faults there
        words.append(detail.children[0].name.removesuffix("Type"))
    return words or [fault.get("faultcode").rpartition(":")[2]]
