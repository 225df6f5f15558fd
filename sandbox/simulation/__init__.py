"""Simulators: compile, run, and judge what a testbench said."""
