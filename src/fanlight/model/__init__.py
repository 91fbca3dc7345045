"""Ground floor: errors, ids, clock, padding, geography. Imports nothing of ours."""
