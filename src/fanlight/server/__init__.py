"""The server: holds ciphertext, rules and the record. Nothing in it can open a clip.

Rooms, lowest first: log, accounts, vault, programme, requests, evidence, oversight. A room's tables are its
own; what other rooms may call stands in its `__init__`. `app` joins them, `__main__` runs them.
"""
