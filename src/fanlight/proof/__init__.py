"""The record: who did what, and who can check it. Pure; a tile comes from a callable, never from a disk.

In:     bytes of leaves, tiles, notes and receipts; a reading of the clock where a time is signed.
Out:    hashes, proofs, signatures, the files to write; or a ProofError and nothing else.
Holds:  what verifies here verifies with any C2SP tool; nothing unsigned is believed.
Absent: disks, sockets and tables (server.log appends, witness co-signs, cli.verify_log fetches).
Why:    docs/spec/log.md
"""
