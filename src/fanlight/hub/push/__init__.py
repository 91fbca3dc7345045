"""Room of the hub that tells members' browsers what happens: Web Push, encrypted here for each of them.

In:     notices, members' signed behests.
Out:    bodies of one size for the server to pass on; the household's mode.
Holds:  the hub alone has the keys that encrypt for a browser; it never learns the browser's address.
Why:    docs/design/alerts.md, docs/spec/push.md
"""
