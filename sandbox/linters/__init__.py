"""What linters find in a design, as one list."""
