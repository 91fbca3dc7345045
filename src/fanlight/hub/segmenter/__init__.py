"""Room 2 of the hub: packets to segments (`segmenter`), segments to clips (`fmp4`)."""

from fanlight.hub.segmenter.boxes import BadFmp4
from fanlight.hub.segmenter.segment import Segment
from fanlight.hub.segmenter.segmenter import Segmenter

__all__ = ["BadFmp4", "Segment", "Segmenter"]
