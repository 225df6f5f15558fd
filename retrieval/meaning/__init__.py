"""What a block does, in plain words, by rule."""
