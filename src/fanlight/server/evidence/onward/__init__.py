"""A copy handed on to one other agency: offered, accepted, handed over, and gone by its own end.

In:     an offer of the agency that has the copy; a key of the one that gets it, made for this copy; the
        copy's header, sealed anew to that key in a browser of the first.
Out:    the copy to the second agency, and nobody else; entries in both agencies' days; lines of custody.
Holds:  nothing is offered that its giver did not agree to, nor what the ordinance refuses; who gets a copy
        has no call that passes it on; its end is never later than the first agency's own.
Absent: keys. The payload lies here once; what opens it for the second agency is a header of its own.
Why:    docs/design/onward.md
"""
