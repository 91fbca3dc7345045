"""`fanlight hub`: pair it, run it, open its page, move its recording, back it up. A module a verb."""
