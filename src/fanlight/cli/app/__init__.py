"""`fanlight app`: the released web client on one's own machine, for those who do not trust the server's code.

In:     the address of a server; the client's files, which came with this package.
Out:    its pages on http://localhost:PORT; calls and the relay's WebSocket go on to the named server.
Holds:  no byte that the server sends runs as a page or a program here (`rules`); nobody but this machine
        reaches it; nothing is kept on disk.
Absent: keys: they are in the browser.
Why:    docs/guide/app.md, docs/design/threats.md
"""
