"""An RTSP server of another make with an ONVIF back channel, run by Debian's own Python: GstRtspServer.

usage: gst_onvif_server.py CLIP OUT LAW PASSWORD
Prints its port. What comes in on the back channel is written to OUT as it came, without RTP headers. LAW is
PCMU, PCMA, or `none` for a server without a back channel; with a PASSWORD, user `bell` must log in by digest.
"""

import sys

import gi  # type: ignore[import-not-found]  # Debian's Python has it

gi.require_version("Gst", "1.0")
gi.require_version("GstRtsp", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtsp, GstRtspServer  # type: ignore[import-not-found]  # noqa: E402

PLAIN = {"PCMU": (0, "rtppcmudepay"), "PCMA": (8, "rtppcmadepay")}


def main(clip: str, out: str, law: str, password: str) -> None:
    """Serve until stopped."""
    Gst.init(None)
    video = (
        f"( filesrc location={clip} ! qtdemux ! h264parse ! rtph264pay name=pay0 pt=96 config-interval=-1 )"
    )
    if law in PLAIN:
        server, factory = GstRtspServer.RTSPOnvifServer(), GstRtspServer.RTSPOnvifMediaFactory()
        number, depay = PLAIN[law]
        caps = f"application/x-rtp, media=audio, payload={number}, clock-rate=8000, encoding-name={law}"
        factory.set_backchannel_launch(
            f'( capsfilter caps="{caps}" name=depay_backchannel ! {depay} '
            f"! filesink location={out} sync=false async=false buffer-mode=2 )"
        )
        factory.set_media_gtype(GstRtspServer.RTSPOnvifMedia.__gtype__)
    else:
        server, factory = GstRtspServer.RTSPServer(), GstRtspServer.RTSPMediaFactory()
    factory.set_launch(video)
    server.set_address("127.0.0.1")
    server.set_service("0")
    if password:
        auth = GstRtspServer.RTSPAuth()
        auth.set_supported_methods(GstRtsp.RTSPAuthMethod.DIGEST)
        token = GstRtspServer.RTSPToken()
        token.set_string("media.factory.role", "house")
        auth.add_digest("bell", password, token)
        server.set_auth(auth)
        may = "house, media.factory.access=(boolean)true, media.factory.construct=(boolean)true"
        factory.add_role_from_structure(Gst.Structure.new_from_string(may))
    server.get_mount_points().add_factory("/cam", factory)
    server.attach(None)
    print(server.get_bound_port(), flush=True)  # noqa: T201 - who started it reads this
    GLib.MainLoop().run()


main(*sys.argv[1:5])
