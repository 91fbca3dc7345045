"""Routes: the settings that are not a camera's.

Holds:  a secret is shown as "set" or "", and only ever written; "set" sent back means: as it was. Of an
        address that is called, the host is shown (`unshown`).
"""

from typing import Annotated, Any

import msgspec
from litestar import get, patch
from litestar.params import JSONBody, QueryParameter

from fanlight.hub.options import Chime, Detector, HubOptions, Mqtt, Page, Storage, Uploads
from fanlight.hub.page import audio_rules, unshown
from fanlight.hub.page.errors import NOTHING, Malformed
from fanlight.hub.page.parts import Hub
from fanlight.hub.page.views import merged
from fanlight.hub.settings import in_words

State = Annotated[str, QueryParameter(name="state", max_length=40)]


class SettingsView(msgspec.Struct, frozen=True, kw_only=True):
    """`hub.toml` without its cameras and secrets."""

    page: Page
    storage: Storage
    uploads: Uploads
    detector: Detector
    mqtt: Mqtt
    webhook: tuple[unshown.WebhookView, ...]
    chime: Chime


def shown(options: HubOptions, key: str) -> SettingsView:
    """Return the settings without a secret."""
    return SettingsView(
        page=options.page,
        storage=options.storage,
        uploads=options.uploads,
        detector=options.detector,
        mqtt=unshown.show_mqtt(options.mqtt),
        webhook=tuple(unshown.show_webhook(one, key) for one in options.webhook),
        chime=unshown.show_chime(options.chime),
    )


@get("/api/settings", operation_id="getSettings")
async def get_settings(hub: Hub) -> SettingsView:
    """Return the settings; secrets are shown as "set" or empty, addresses that are called by their host."""
    return shown(hub.settings.options, hub.key)


@patch("/api/settings", operation_id="changeSettings")
async def patch_settings(data: JSONBody[dict[str, Any]], hub: Hub) -> SettingsView:
    """Change some settings; tables field by field, the list of webhooks as a whole."""
    if unknown := data.keys() - set(SettingsView.__struct_fields__):
        raise Malformed(f"`{min(unknown)[:80]}` is no setting here.", kept=NOTHING, do="Leave it out.")

    def edit(options: HubOptions) -> HubOptions:
        fields = merged(options, unshown.put_back(data, options, hub.key))
        try:
            return msgspec.convert(fields, HubOptions)
        except msgspec.ValidationError as error:
            raise Malformed(
                f"These settings cannot be: {in_words(str(error))}.",
                kept=NOTHING,
                do="Correct it and send it again.",
            ) from error

    return shown(await hub.settings.change(edit), hub.key)


@get("/api/audio-rule", operation_id="getAudioRule")
async def get_audio_rule(asked: State) -> audio_rules.Rule:
    """Return a state's rule on recording sound, where it was read, and when. This is no legal advice."""
    return audio_rules.find(asked)
