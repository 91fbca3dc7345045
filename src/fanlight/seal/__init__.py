"""The first lock: who can see it. age files, manifests, keys. Pure: bytes in, bytes out.

In:     plaintext and public keys (`sealing`, `clip`), or ciphertext and an identity (`opening`, `reading`).
Out:    age v1 files, signed manifests, checked plaintext.
Holds:  whoever imports this package holds no code that opens a file until it imports `opening`.
Absent: clocks, disks, network. Only `reading` imports `opening`; server and witness import neither.
Why:    docs/spec/seal.md
"""
