"""The demo town: real streets of San Francisco, an invented agency, vote, household and people.

In:     package data under town/, one source and licence a file; see town/CREDITS.md.
Out:    Town, its map layers and its dispatch extract.
Holds:  everything invented says `demo: true`. No key or seed is in the package.
Absent: any real home: the household stands on a street corner.
Why:    src/fanlight/demo/town/CREDITS.md
"""

from fanlight.demo.town import (
    LAYERS,
    Agreement,
    Assembly,
    Dispatch,
    Person,
    SampleRequest,
    Town,
    credits_text,
    dispatch,
    layer_gz,
    load_town,
    paper,
)

__all__ = [
    "LAYERS",
    "Agreement",
    "Assembly",
    "Dispatch",
    "Person",
    "SampleRequest",
    "Town",
    "credits_text",
    "dispatch",
    "layer_gz",
    "load_town",
    "paper",
]
