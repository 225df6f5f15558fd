"""One conversation in a terminal: the model picks tools, the tools decide what may happen."""
