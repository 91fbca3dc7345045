"""Fanlight: a doorbell-camera network in which households own sealed footage."""

__version__ = "0.1.0"
