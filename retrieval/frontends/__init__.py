"""One file a language: source text -> nodes and edges."""
