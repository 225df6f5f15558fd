"""Finding out what is wrong with a design and repairing it: by rule, by search, by a model."""
