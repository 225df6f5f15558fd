"""A JSON file that is there whole or not at all, whenever the process is killed."""

import json
from pathlib import Path


def write_json(path: Path, value: object) -> None:
    """Write the value beside the file, then put it in the file's place.

    Raises:
        OSError: the disk is full, or the folder can't be written; an older file stays as it was.
    """
    fresh = path.with_name(f"{path.name}.new")
    fresh.write_text(json.dumps(value, indent=1) + "\n", "ascii")
    fresh.replace(path)
