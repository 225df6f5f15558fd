"""One file a command: reads the flags, calls the layer, prints, and chooses the exit code."""
