"""Rows, blobs and small files: our own PostgreSQL, sealed payloads in a directory or an S3. Knows no room."""
