"""What a module is made of, computed from its source: no model, no simulator."""
