"""Self-made tests: a cocotb test around a reference model in Python that a model wrote."""
