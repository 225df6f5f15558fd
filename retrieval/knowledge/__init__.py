"""What tools mean by their messages, and what usually mends it."""
