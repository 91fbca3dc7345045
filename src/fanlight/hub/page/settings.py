"""Routes: the settings that are not a camera's.

Holds:  a secret is shown as "set" or "", and only ever written; "set" sent back means: as it was.
"""

from typing import Annotated, Any

import msgspec
from litestar import get, patch
from litestar.params import JSONBody, QueryParameter

from fanlight.hub.options import Chime, Detector, HubOptions, Mqtt, Page, Storage, Webhook
from fanlight.hub.page import audio_rules
from fanlight.hub.page.errors import NOTHING, Malformed
from fanlight.hub.page.parts import Hub
from fanlight.hub.page.views import merged
from fanlight.hub.settings import in_words

SET = "set"
State = Annotated[str, QueryParameter(name="state", max_length=40)]


class SettingsView(msgspec.Struct, frozen=True, kw_only=True):
    """`hub.toml` without its cameras and secrets."""

    page: Page
    storage: Storage
    detector: Detector
    mqtt: Mqtt
    webhook: tuple[Webhook, ...]
    chime: Chime


def shown(options: HubOptions) -> SettingsView:
    """Return the settings without a secret. A webhook's address is shown: it is told apart by it."""
    replace = msgspec.structs.replace
    return SettingsView(
        page=options.page,
        storage=options.storage,
        detector=options.detector,
        mqtt=replace(options.mqtt, password=_mark(options.mqtt.password)),
        webhook=tuple(replace(one, secret=_mark(one.secret)) for one in options.webhook),
        chime=options.chime,
    )


@get("/api/settings", operation_id="getSettings")
async def get_settings(hub: Hub) -> SettingsView:
    """Return the settings; secrets are shown as "set" or empty."""
    return shown(hub.settings.options)


@patch("/api/settings", operation_id="changeSettings")
async def patch_settings(data: JSONBody[dict[str, Any]], hub: Hub) -> SettingsView:
    """Change some settings; tables field by field, the list of webhooks as a whole."""
    if unknown := data.keys() - set(SettingsView.__struct_fields__):
        raise Malformed(f"`{min(unknown)[:80]}` is no setting here.", kept=NOTHING, do="Leave it out.")

    def edit(options: HubOptions) -> HubOptions:
        fields = merged(options, _with_secrets(data, options))
        try:
            return msgspec.convert(fields, HubOptions)
        except msgspec.ValidationError as error:
            raise Malformed(
                f"These settings cannot be: {in_words(str(error))}.",
                kept=NOTHING,
                do="Correct it and send it again.",
            ) from error

    return shown(await hub.settings.change(edit))


@get("/api/audio-rule", operation_id="getAudioRule")
async def get_audio_rule(asked: State) -> audio_rules.Rule:
    """Return a state's rule on recording sound, where it was read, and when. This is no legal advice."""
    return audio_rules.find(asked)


def _mark(secret: str) -> str:
    return SET if secret else ""


def _with_secrets(data: dict[str, Any], options: HubOptions) -> dict[str, Any]:
    """Put the known secrets where the page sent back that they are set."""
    changes = dict(data)
    mqtt = changes.get("mqtt")
    if isinstance(mqtt, dict) and mqtt.get("password") == SET:
        changes["mqtt"] = {name: value for name, value in mqtt.items() if name != "password"}
    known = {one.url: one.secret for one in options.webhook}
    hooks = changes.get("webhook")
    if isinstance(hooks, list):
        changes["webhook"] = [
            one | {"secret": known.get(str(one.get("url")), "")}
            if isinstance(one, dict) and one.get("secret") == SET
            else one
            for one in hooks
        ]
    return changes
