"""Which front end reads which language."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Protocol

from hdlsmith.errors import MissingToolError
from hdlsmith.languages import Language
from hdlsmith.retrieval.nodes import FileGraph


@dataclass(frozen=True)
class Surroundings:
    """What reading one file may depend on beside its text.

    Attributes:
        root: the repository.
        include_folders: repository paths that are searched for includes first, in order.
        defines: macros as on a command line: `NAME` or `NAME=VALUE`.
        headers: file name -> repository paths of the files called so; an include that no folder
            answers is taken from the nearest of them.
        verilog_front_end: of `VERILOG_FRONT_ENDS`.
    """

    root: Path
    include_folders: tuple[str, ...] = ()
    defines: tuple[str, ...] = ()
    headers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    verilog_front_end: str = "slang"


class FrontEnd(Protocol):
    """Reads one source text; broken text gives a partial graph and diagnostics, never an error."""

    def __call__(self, path: str, text: bytes, around: Surroundings) -> FileGraph: ...


FRONT_ENDS: dict[Language, str] = {
    Language.VERILOG: "hdlsmith.retrieval.frontends.systemverilog:read",
    Language.SYSTEMVERILOG: "hdlsmith.retrieval.frontends.systemverilog:read",
    Language.VHDL: "hdlsmith.retrieval.frontends.vhdl:read",
    Language.CHISEL: "hdlsmith.retrieval.frontends.chisel:read",
    Language.HLS_CPP: "hdlsmith.retrieval.frontends.hls:read",
}
"""Language -> `module:attribute` of a `FrontEnd`, for `hdlsmith.registry.resolve`."""

VERILOG_FRONT_ENDS: dict[str, str] = {
    "slang": FRONT_ENDS[Language.VERILOG],
    "pyverilog": "hdlsmith.retrieval.frontends.pyverilog:read",
}
"""What `index.verilog_front_end` chooses from; SystemVerilog is not touched by it."""


def front_end_of(language: Language, around: Surroundings) -> str:
    """`module:attribute` of the front end that reads a language here."""
    if language is Language.VERILOG:
        return VERILOG_FRONT_ENDS[around.verilog_front_end]
    return FRONT_ENDS[language]


def require_front_end(name: str) -> None:
    """
    Raises:
        MissingToolError: this one of `VERILOG_FRONT_ENDS` needs a package that isn't installed.
    """
    if name == "pyverilog" and find_spec(name) is None:
        raise MissingToolError(
            "pyverilog is needed for reading Verilog with it (index.verilog_front_end)",
            remedy="pip install 'hdlsmith[pyverilog]'",
        )
