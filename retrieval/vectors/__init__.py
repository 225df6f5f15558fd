"""Text -> vectors, and the store that holds them."""
