"""Room: counsel. Who decides on legal process for the operator: a person with a key of their own.

In:     an invitation's answer that the operator confirmed (agencies), or the town's own document.
Out:    a row and an entry with the public half; its end.
Holds:  a row and its entry are one transaction, and the table asks for the entry. Who is counsel counts once
        that has its place in the record, and no more once the operator ended it; nobody comes back with
        that key.
Absent: what counsel does (process); the invitation (agencies), which is the same as an agency's.
Why:    docs/design/process.md
"""
