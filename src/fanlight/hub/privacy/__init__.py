"""What is never recorded: what a zone costs, where one is proposed, and whether a camera really paints it.

The painting itself is a camera's (`hub.camera.masked`). This room reads that one and no other. `is_painted`
is in `proof`, which loads a decoder: import it where a picture is looked at, in a thread.
"""

from fanlight.hub.privacy.cost import Cost, NotMeasured, estimate, measure, sample
from fanlight.hub.privacy.proposal import Proposal, propose

__all__ = ["Cost", "NotMeasured", "Proposal", "estimate", "measure", "propose", "sample"]
