"""Output folders and files that are never half-written."""
