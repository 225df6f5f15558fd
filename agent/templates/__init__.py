"""Repair by small edits, tried one after another against a testbench; no model."""
