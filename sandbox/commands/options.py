"""Arguments and options that several commands take."""

from pathlib import Path
from typing import Annotated, Literal

import typer

Files = Annotated[list[Path], typer.Argument(metavar="FILES...", show_default=False)]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object instead of text.")]
CageChoice = Annotated[
    Literal["auto", "strict", "limits"] | None,
    typer.Option(
        "--cage", help="strict refuses to run without isolation; auto falls back to plain limits."
    ),
]
Depth = Annotated[int, typer.Option(min=1, help="Steps searched for a counterexample.")]
ProofWaves = Annotated[
    Path | None, typer.Option(help="Write the counterexample to this .vcd or .fst file.")
]


def refuse_outputs(*paths: Path | None) -> None:
    """Look before the work at where its results are to go.

    Raises:
        InputError: a folder, or no folder to write to.
    """
    from hdlsmith.errors import InputError

    for path in paths:
        if path and path.is_dir():
            raise InputError(f"{path} is a folder", remedy="name a file in it")
        if path and not path.parent.is_dir():
            raise InputError(f"{path.parent} is no folder", remedy="make it, or name another")
