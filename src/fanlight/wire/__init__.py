"""Bytes that cross a border: canonical JSON, base64, wire schemas. Imports only `fanlight.model`."""
