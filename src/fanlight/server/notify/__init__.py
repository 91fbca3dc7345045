"""Room: pushes. Carries what a hub encrypted for one browser to that browser's push service.

In:     endpoints from members, who get a ticket for each; tickets and bodies of one size from hubs; behests,
        which members seal to their hubs.
Out:    a POST to the endpoint, signed as this town (RFC 8292); behests to the hubs of that household.
Holds:  the server has no key that reads a push (RFC 8291 keys are in sealed behests only), keeps no endpoint,
        and calls no address inside a network and none that a redirect names.
Absent: what a push says, of which household it is, when there was one.
Why:    docs/design/alerts.md
"""
