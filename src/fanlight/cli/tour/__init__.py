"""`fanlight tour`: the whole journey without a browser, through the public API with the real cryptography."""
