"""Equivalence and assertions: proven, refuted, or unknown."""
