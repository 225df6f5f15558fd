"""Options that several commands of the index share."""

from pathlib import Path
from typing import Annotated

import typer

Json = Annotated[bool, typer.Option("--json", help="Print one JSON object instead of text.")]
NearestIndex = Annotated[
    Path | None, typer.Option(help="The index; by default the nearest upwards.")
]
InFile = Annotated[str, typer.Option(help="Of several modules of that name the one in this file.")]
