"""Where a failing design is wrong: the first wrong signal, its cone, and the lines to suspect."""
