"""The `fanlight` command: one module a verb. Nothing imports this package."""
