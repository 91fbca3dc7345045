"""Pictures of public posts, as the town knows of them: it says what may be done, and never has a byte.

Where they are, and the keys, is in `server.media_place`; tickets, receipts and shelf are over it. What is
made of a picture, and kept, is in `fanlight.postmedia`, another process; nothing here can read one. Other
rooms call `tickets.issue`, `receipts.read` and `Shelf`.
"""
