"""The place of public posts' media: a process of its own, and the only one that decodes what neighbours post.

forms -> making (child: photo | clip) -> keeping -> http -> __main__. It has no database, no account and no
list of posts: the town's server signs what may be done, and never has a byte of a picture. Decoders run in a
child process for each file, which can open nothing; the process that answers has none.
"""
