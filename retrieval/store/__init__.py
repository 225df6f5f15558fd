"""The index as one SQLite file: graph, source texts, full-text search."""
