"""Which front end reads which language."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

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
    """

    root: Path
    include_folders: tuple[str, ...] = ()
    defines: tuple[str, ...] = ()
    headers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


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
