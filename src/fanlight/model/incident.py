"""The closed list of classes as which neighbours read what dispatch reports: none for a medical call.

Source: data/incident-classes.json; Fanlight's own judgement. Why: docs/design/incidents.md
"""

from importlib import resources

import msgspec


class Class(msgspec.Struct, frozen=True, rename={"name": "class"}):
    """A class of incidents as everybody reads it; `act`: somebody near may have to do something now."""

    name: str
    words: str
    act: bool


CLASSES = {
    one.name: one
    for one in msgspec.json.decode(
        resources.files("fanlight.model").joinpath("data/incident-classes.json").read_bytes(),
        type=list[Class],
    )
}
