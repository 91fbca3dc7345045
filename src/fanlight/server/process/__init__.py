"""Room: legal process. Warrants, orders and subpoenas, from their intake to the household's notice.

In:     a document with what is said of it, from an agency's person or from the operator's counsel.
Out:    checks of form, counsel's decision, a packet of what exists, a notice to the household, a leaf.
Holds:  every decision has its leaf or its sealed order in the same transaction; the household is told at
        once, or on the day after a court's gag ends, by the clock alone; nothing here opens a clip.
Absent: judging. Whether a warrant is good is counsel's question, and a court's.
Why:    docs/design/process.md
"""
