"""The page's routes joined into one application, behind the guard."""

from typing import Any

from litestar import Litestar
from litestar.di import Provide
from litestar.exceptions import HTTPException
from litestar.openapi.config import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin

from fanlight import __version__
from fanlight.hub.page import (
    adding,
    answers,
    bell,
    cameras,
    doorbell,
    events,
    footage,
    health,
    hub,
    lending,
    pairing,
    settings,
    static,
    viewings,
    watching,
    wiping,
)
from fanlight.hub.page.guard import App, Guard, own_names
from fanlight.hub.page.parts import Parts
from fanlight.model.errors import FanlightError

MAX_BODY = 256 * 1024
ROUTES: list[Any] = [
    hub.get_hub, hub.put_home,
    pairing.get_pairing, pairing.put_pairing, pairing.delete_pairing,
    adding.discover, adding.try_camera,
    cameras.get_cameras, cameras.post_camera, cameras.get_camera, cameras.patch_camera, cameras.delete_camera,
    cameras.get_picture, cameras.get_press_address,
    watching.get_watching, watching.get_live, watching.estimate, watching.proposal,
    footage.get_days, footage.get_timeline, footage.get_film,
    lending.put_day_key,
    events.get_events, events.get_thumb, events.put_not_this,
    doorbell.press_on_page, doorbell.press_by_address, doorbell.press_by_get, doorbell.press_by_header,
    doorbell.get_replies, doorbell.post_reply, doorbell.get_reply, doorbell.delete_reply, doorbell.speak,
    bell.learn,
    settings.get_settings, settings.patch_settings, settings.get_audio_rule,
    health.get_healthz, health.get_metrics,
    viewings.get_viewings,
    wiping.wipe,
    static.index, static.file,
]  # fmt: skip


def make_routes(parts: Parts) -> Litestar:
    """Return the application without its guard."""
    return Litestar(
        route_handlers=ROUTES,
        dependencies={"hub": Provide(lambda: parts, sync_to_thread=False)},
        exception_handlers={
            FanlightError: answers.known,
            HTTPException: answers.from_framework,
            Exception: answers.unexpected,
        },
        request_max_body_size=MAX_BODY,
        openapi_config=OpenAPIConfig(
            title="Fanlight hub",
            version=__version__,
            path="/api/schema",  # below the guard's door
            use_handler_docstrings=True,
            render_plugins=[JsonRenderPlugin()],  # the framework's own pages load scripts from elsewhere
        ),
        logging_config=None,
    )


def make_app(parts: Parts) -> App:
    """Return the page's application, guarded."""
    page = parts.settings.options.page
    return Guard(make_routes(parts), parts.key, own_names(page.host, page.names))  # type: ignore[arg-type]
