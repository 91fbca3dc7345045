"""A witness: co-signs a log's checkpoints, and never two that contradict each other.

rules -> store -> http -> __main__. It knows `proof` and `wire` only, so that another organisation
can run it beside nothing else of Fanlight. The protocol is C2SP tlog-witness v1.0.0.
"""
