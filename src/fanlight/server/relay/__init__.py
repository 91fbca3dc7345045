"""Room: pipes between a household's hub and its members' browsers. It keeps nothing and reads nothing.

In:     one WebSocket of a hub, and up to MOST_VIEWERS of members of the same household.
Out:    each one's messages to the other, whole or not at all, in order.
Holds:  a viewer reaches hubs of its own household only; who may not read the household's footage is refused;
        a session that ended, or a membership, ends the pipe within CHECK_S. Memory is bounded for each viewer
        (`fanlight.wire.relay.Lane`) and each hub. Nothing is written: no row, no log line, no file.
Absent: what is said. It is sealed between hub and member (docs/spec/live.md).
"""
