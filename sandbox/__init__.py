"""Tools in a cage: lint, compile, simulate. Knows no model and no index."""
