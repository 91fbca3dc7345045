"""All routes of posts: for everybody, members, writers by their secret, moderators, agencies."""

from litestar import Router

from fanlight.server.neighbors import http_agencies, http_members, http_moderators, http_open, http_writers

router = Router(
    path="/",
    tags=["neighbors"],
    route_handlers=[
        *http_open.ROUTES,
        *http_members.ROUTES,
        *http_writers.ROUTES,
        *http_moderators.ROUTES,
        *http_agencies.ROUTES,
    ],
)
