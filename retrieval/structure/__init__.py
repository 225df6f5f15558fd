"""Hierarchy and dataflow across modules: elaboration, cones, drawings."""
