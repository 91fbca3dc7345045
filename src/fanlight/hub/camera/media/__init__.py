"""Sources that FFmpeg reads, in this process: files, the `compat` driver, the made picture of `test:`.

Holds:  FFmpeg's libraries (`av`) are loaded when such a source is opened and not before: a hub that only
        records network cameras never pays for them (`reader` and `transcode` alone import them).
"""
