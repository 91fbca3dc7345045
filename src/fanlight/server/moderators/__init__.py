"""Room: moderators. Who decides on posts to neighbors: people with keys of their own.

In:     an invitation's answer that the operator confirmed (agencies), or the town's own document.
Out:    a row and an entry with the public halves; its end; who is in office, with the keys to seal to.
Holds:  a row and its entry are one transaction, and the table asks for the entry. A moderator counts once
        that has its place in the record, and no more once the operator ended it; nobody comes back with
        that key.
Absent: what moderators do (neighbors); the invitation (agencies), which is the same as counsel's.
Why:    docs/design/moderators.md
"""
