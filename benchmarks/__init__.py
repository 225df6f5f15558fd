"""Problems, grading, metrics and reports. Uses the agent; nothing uses it."""
