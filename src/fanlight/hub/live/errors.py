"""What can be wrong between a hub and somebody who watches.

LiveError
|- BadAsk       who asks is not of the household, or the question is not for this hub and this moment
|- BadMessage   a message within a session has another form, or was altered, repeated or left out
`- RelayAway    the relay cannot be reached, or ends the connection
"""

from fanlight.model.errors import FanlightError


class LiveError(FanlightError):
    """Base of what ends a viewing; recording goes on."""

    code = "live.error"


class BadAsk(LiveError):
    """Who asks is not of the household, or the question is not for this hub and this moment."""

    code = "live.bad_ask"


class BadMessage(LiveError):
    """A message within a session has another form, or was altered, repeated or left out."""

    code = "live.bad_message"


class RelayAway(LiveError):
    """The relay cannot be reached, or ends the connection."""

    code = "live.relay_away"


_KEPT = "Recording goes on."


def bad_ask(why: str) -> BadAsk:
    """Return the error for a question that is not answered; `why` is a clause, no full stop."""
    return BadAsk(f"A question to watch was not answered: {why}.", kept=_KEPT, do="Load the page again.")


def bad_message(why: str) -> BadMessage:
    """Return the error for a message that ends its session; `why` is a clause, no full stop."""
    return BadMessage(f"A viewing was ended: {why}.", kept=_KEPT, do="Begin to watch anew.")
