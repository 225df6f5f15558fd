"""An LLM-agent assistant for hardware designers whose every answer carries a tool's evidence."""

__version__ = "0.1.0"
