"""The hub, at home: camera, segmenter, journal, detector, sealer, outbox. `pipeline` knows the order."""
