"""Room: lists that others wrote, read so that a town can take them over: `fanlight import`.

A file goes in, with where it was found; lines come out, and a word on each line that was not understood.
Nothing is guessed: which agency a line means is given by the list, found by name and place, or left open.
"""
