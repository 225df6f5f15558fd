"""Repository -> graph -> index -> evidence. Knows no model and no simulator."""
