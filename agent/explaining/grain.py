"""How closely a design is looked at; apart from the rest, so that the command line starts fast."""

from enum import StrEnum


class Grain(StrEnum):
    MODULE = "module"
    BLOCK = "block"
    """A process, an assignment, a function or an instance."""
    LINE = "line"
