"""What a person decides about a hub: the contents of `hub.toml`, every setting with its default.

The page and a text editor change the same file. `docs/ref/hub-settings.md` is generated from here: the
text after a field is its meaning. Secrets stand in the file (0600) and are never sent back to a page.
"""

from typing import Annotated, Literal

import msgspec

Share = Annotated[float, msgspec.Meta(ge=0, le=1)]
Point = tuple[Share, Share]  # share of the picture's width from the left, of its height from the top
Outline = Annotated[tuple[Point, ...], msgspec.Meta(min_length=3, max_length=32)]
Name = Annotated[str, msgspec.Meta(min_length=1, max_length=80, pattern=r"^[^\x00-\x1f\x7f]+\Z")]
Text = Annotated[str, msgspec.Meta(max_length=2000, pattern=r"^[^\x00-\x1f\x7f]*\Z")]  # one line
Port = Annotated[int, msgspec.Meta(ge=1, le=65535)]
Gigabytes = Annotated[float, msgspec.Meta(ge=0, le=1_000_000)]
Label = Literal["person", "vehicle", "animal", "package"]
Id = Annotated[str, msgspec.Meta(pattern=r"^[a-z2-7]{26}\Z")]


class Page(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The hub's own page, metrics and the doorbell's HTTP address."""

    host: Text = "127.0.0.1"
    """Address to listen on. Anything but the loopback shows the page to your network; it asks for a key."""
    port: Port = 8430
    """Port of the page."""
    names: tuple[Name, ...] = ()
    """Further names by which the page is called, behind a proxy of your own for instance. Any other name is
    refused: a page from elsewhere could have pointed it here."""


class Storage(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Where and how much is recorded."""

    folder: Text = ""
    """Folder of the recording, on another disk for instance; empty: in the hub's own. If the disk is not
    mounted there, the hub waits for it and says so; it never fills the disk below."""
    quota_gb: Annotated[float, msgspec.Meta(gt=0, le=1_000_000)] = 20.0
    """What the recordings of all cameras may take together; the oldest give way."""
    event_share: Share = 0.5
    """The share of the quota that footage of events keeps when everything else wants it."""
    reserve_mb: Annotated[int, msgspec.Meta(ge=16)] = 256
    """What stays free on the disk for others."""


class Zone(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A part of the picture in which something counts."""

    name: Name
    """What you call it."""
    outline: Outline
    """Three to 32 corners, `[[0.1, 0.5], ...]`: shares of the picture, from the left and from the top."""
    labels: tuple[Label, ...] = ("person", "vehicle", "animal", "package")
    """What counts in it."""


class Detect(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What is noticed. Pictures are looked at on the hub, and only kinds of things are told apart."""

    enabled: bool = True
    """Look at this camera's pictures."""
    labels: tuple[Label, ...] = ("person", "vehicle", "animal", "package")
    """What makes an event."""
    sensitivity: Literal["low", "normal", "high"] = "normal"
    """How little is enough."""
    min_height: Share = 0.0
    """Smallest height of a thing that counts, as a share of the picture's."""
    zones: tuple[Zone, ...] = ()
    """If there are any, only what stands in one counts (the middle of its lower edge)."""


class Privacy(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What is never recorded: painted over before anything is kept."""

    zones: tuple[Outline, ...] = ()
    """Parts of the picture that nobody will ever see."""
    by: Literal["auto", "camera", "hub"] = "auto"
    """Who paints: the camera if it can prove that it does, else the hub, which costs computing."""


class Bell(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The doorbell of a camera."""

    onvif: bool = True
    """Ring at what the camera itself reports (`Visitor`), where it speaks ONVIF."""
    onvif_input: Text = ""
    """The token of the camera's digital input that is the bell, where it has no `Visitor`."""
    mqtt_topic: Text = ""
    """A topic of the broker in `[mqtt]`; any message but an empty one, `OFF`, `0` or `false` is a press."""


class Camera(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One camera. `url` holds its password, so it is never shown."""

    id: Id
    """Made when the camera is added; clips are numbered under it."""
    name: Name
    """What you call it; clips show it to your household."""
    url: Annotated[str, msgspec.Meta(min_length=1, max_length=2000, pattern=r"^[^\x00-\x1f\x7f]+\Z")]
    """`rtsp://user:password@host/path`, `rtsps://`, the path of a video file, or `test:`, a made picture."""
    sub_url: Text = ""
    """A smaller stream of the same camera, H.264, for looking; empty if it has none."""
    onvif: Text = ""
    """Address of its ONVIF service, `http://host/onvif/device_service`; user and password as in `url`."""
    driver: Literal["auto", "own", "compat"] = "auto"
    """`compat` reads the stream by FFmpeg, for cameras that our own reader does not understand."""
    record: Literal["events", "always", "off"] = "events"
    """What is kept: seconds around events, everything, or nothing (`off` still looks and rings)."""
    keep_days: Annotated[int, msgspec.Meta(ge=0, le=365)] = 14
    """After so many days footage is gone from the hub; 0 keeps none beyond what a clip needs."""
    quota_gb: Gigabytes = 0.0
    """What this camera's recording may take; 0 sets no limit of its own."""
    audio: bool = False
    """Record sound. Laws differ: the page shows the rule for your place before it is switched on."""
    indoor: bool = False
    """Record only while nobody is home (`home` of the hub, set on the page, by MQTT or HTTP)."""
    detect: Detect = Detect()
    privacy: Privacy = Privacy()
    bell: Bell = Bell()


class Detector(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The detector all cameras share."""

    model: Text = ""
    """Path of an ONNX detector of the YOLOX or YOLO families; empty takes the one that ships."""
    threads: Annotated[int, msgspec.Meta(ge=1, le=16)] = 1
    """Cores it may use."""


class Mqtt(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A broker, for Home Assistant and others. Empty host: no MQTT."""

    host: Text = ""
    """Name or address of the broker."""
    port: Port = 1883
    """Port of the broker; with TLS usually 8883."""
    user: Text = ""
    """Empty: none."""
    password: Text = ""
    """The page writes it and never shows it."""
    tls: bool = False
    """Speak TLS, and check the broker's certificate against this machine's authorities."""
    prefix: Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9_/-]{1,64}\Z")] = "fanlight"
    """Topics begin with it."""
    discovery: Literal["entity", "device", "off"] = "entity"
    """Announce to Home Assistant: a message an entity, a message a device (2024.11 or later), or nothing."""
    discovery_prefix: Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9_/-]{1,64}\Z")] = "homeassistant"
    """Where Home Assistant listens for announcements."""
    snapshots: bool = False
    """Send a small picture of each event. It leaves the hub unsealed: only with a broker of your own."""


class Webhook(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """An address that is told of events by HTTP POST."""

    url: Annotated[str, msgspec.Meta(pattern=r"^https?://[^\x00-\x20\x7f]+\Z", max_length=2000)]
    """Where to; several webhooks have different addresses."""
    on: tuple[Literal["ring", "person", "vehicle", "animal", "package", "camera", "storage"], ...] = ("ring",)
    """What it is told of: presses, kinds of things, cameras that come and go, the recording's state."""
    secret: Text = ""
    """If set, each message is signed: HMAC-SHA256 in the header `Fanlight-Signature`."""


class Chime(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What rings inside when the bell is pressed."""

    url: Text = ""
    """An address that is called by HTTP POST; empty for none."""
    mqtt_topic: Text = ""
    """A topic of the broker; empty for none."""
    mqtt_payload: Text = "ON"
    """What is sent to that topic."""


class Uploads(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """When sealed clips leave your home."""

    mode: Literal["at once", "even"] = "at once"
    """`even` sends as many clips of the same sizes at the same times each day, and fills up with noise, so
    that nothing kept at the server shows at what hour something happened. Your clips arrive hours later."""
    every_h: Literal[1, 2, 3, 4, 6, 8, 12, 24] = 4
    """Hours between two sendings of `even`, counted from midnight UTC."""
    places_mib: Annotated[
        tuple[Annotated[int, msgspec.Meta(ge=1, le=64)], ...], msgspec.Meta(min_length=1, max_length=64)
    ] = (1, 1, 1, 1, 4, 4, 16)
    """The sizes of one sending of `even`, in MiB. A clip takes the smallest place that holds it; what finds
    none waits for the next sending. A clip larger than all of them is sent beside them."""


class HubOptions(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """All of `hub.toml`."""

    page: Page = Page()
    storage: Storage = Storage()
    uploads: Uploads = Uploads()
    detector: Detector = Detector()
    mqtt: Mqtt = Mqtt()
    webhook: tuple[Webhook, ...] = ()
    chime: Chime = Chime()
    camera: Annotated[tuple[Camera, ...], msgspec.Meta(max_length=64)] = ()
