"""Mounts the commands of the index."""

import typer


def mount(app: typer.Typer) -> None:
    """Add `index`, `search`, `trace` and `tree`."""
