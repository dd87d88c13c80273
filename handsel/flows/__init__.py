"""Verbs: the only place that writes. Each act with a story has a file, to be read from top to bottom."""
