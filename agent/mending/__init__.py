"""Mechanical repair: from a tool's message and the syntax tree to a small edit, without a model."""
