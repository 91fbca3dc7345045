"""Rows and blobs: PostgreSQL of our own, sealed payloads in a directory or an S3. Knows no room."""
