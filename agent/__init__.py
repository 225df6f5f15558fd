"""The LangGraph loop: roles, model clients, and the one entry point `solve`."""
