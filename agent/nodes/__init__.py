"""One plain function a node: (state, runtime) -> update."""
