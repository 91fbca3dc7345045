"""Room: what residents disclosed, and what an agency did with it.

In:     sealed copies dropped without an account; an officer's looks; a custodian's exports.
Out:    the same copies to the agency that asked; `case` leaves.
Holds:  which home a copy came from stands nowhere; every look and export is in the record, among
        dummies that make counting useless; an export's leaf is cosigned before anything is returned.
Absent: plaintext. Opening happens on the agency's own machine.
"""
