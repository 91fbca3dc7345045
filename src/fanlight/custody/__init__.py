"""At an agency, on its own machine: opens what was disclosed, packages it, checks packages.

In:     what the server hands an officer, and the case key.
Out:    evidence packages that anyone checks offline.
Holds:  never runs at the server, by import contract.
Why:    docs/spec/evidence.md
"""
