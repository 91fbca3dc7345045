"""The hub, at home: camera -> segmenter -> journal -> detector -> sealer -> outbox. `pipeline` alone knows the order."""
