"""An RTSP server of another make, run by Debian's own Python: GstRtspServer.

usage: gst_server.py LAUNCH METHOD USER PASSWORD
Prints its port and serves LAUNCH at /cam. METHOD is `digest`, `basic` or `none`.
"""

import sys

import gi  # type: ignore[import-not-found]  # Debian's Python has it

gi.require_version("Gst", "1.0")
gi.require_version("GstRtsp", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtsp, GstRtspServer  # type: ignore[import-not-found]  # noqa: E402


def main(launch: str, method: str, user: str, password: str) -> None:
    """Serve until stopped."""
    Gst.init(None)
    server, factory = GstRtspServer.RTSPServer(), GstRtspServer.RTSPMediaFactory()
    factory.set_launch(launch)
    server.set_address("127.0.0.1")
    server.set_service("0")
    if method != "none":
        auth = GstRtspServer.RTSPAuth()
        token = GstRtspServer.RTSPToken()
        token.set_string("media.factory.role", "house")
        if method == "digest":
            auth.set_supported_methods(GstRtsp.RTSPAuthMethod.DIGEST)
            auth.add_digest(user, password, token)
        else:
            auth.add_basic(GstRtspServer.RTSPAuth.make_basic(user, password), token)
        server.set_auth(auth)
        may = "house, media.factory.access=(boolean)true, media.factory.construct=(boolean)true"
        factory.add_role_from_structure(Gst.Structure.new_from_string(may))
    server.get_mount_points().add_factory("/cam", factory)
    server.attach(None)
    print(server.get_bound_port(), flush=True)  # noqa: T201 - who started it reads this
    GLib.MainLoop().run()


main(*sys.argv[1:5])
