"""Results of earlier checks, found again by the content of everything they depend on.

They are kept in the user's own folder, never in the checked repository: a checkout could bring
forged results along. An entry is written whole or not at all, and holds its own key, so that one
that was renamed or cut is no hit.
"""

import json
import os
import tempfile
import time
from contextlib import suppress
from dataclasses import asdict, replace
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from hdlsmith import __version__
from hdlsmith.design import digest_of, make_folder
from hdlsmith.sandbox.cage import Cage
from hdlsmith.sandbox.check.plan import Unit
from hdlsmith.sandbox.check.report import UnitResult

CHECK_VERSION = "3"
"""Raised when a verdict on unchanged files could change."""

_UNUSED_S = 30 * 24 * 3600.0
_RESULT = TypeAdapter(UnitResult)


def key_of(unit: Unit, cage: Cage, tools: tuple[str, ...]) -> str:
    """SHA-256 over all that a result depends on: files, top, limits, cage, tools, ourselves.

    Args:
        tools: all tools that take part: names, versions, what they are told beside the files.
    """
    files = [part for file in unit.cocotb for part in (file.path, file.text)]
    places = [part for pair in sorted(unit.real_paths.items()) for part in pair]
    return digest_of(
        *(CHECK_VERSION, __version__, unit.kind, unit.name, unit.path, unit.simulator),
        *(repr(cage.kind), repr(cage.limits), unit.design.digest, str(unit.depth)),
        *(f"{file.path}={file.language}" for file in unit.design.files),
        *("cocotb", *files, "places", *places, "tools", *tools),
    )


class Cache:
    """The folder of results."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        make_folder(folder)

    def get(self, key: str) -> UnitResult | None:
        """The result kept under a key, marked as cached."""
        path = self._folder / f"{key}.json"
        try:
            record = json.loads(path.read_text("utf-8"))
            if record["key"] != key:
                return None
            result = _RESULT.validate_python(record["result"])
            os.utime(path)  # in use: `prune` spares it
        except (OSError, ValueError, KeyError, TypeError, ValidationError):
            return None
        return replace(result, cached=True)

    def put(self, key: str, result: UnitResult) -> None:
        """Keep a result; several processes may do so at once.

        Raises:
            OSError: the disk is full; nothing is left half written.
        """
        text = json.dumps({"key": key, "result": asdict(result)})
        handle, fresh = tempfile.mkstemp(dir=self._folder, suffix=".new")
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(text)
            Path(fresh).replace(self._folder / f"{key}.json")
        except BaseException:
            with suppress(FileNotFoundError):
                Path(fresh).unlink()
            raise

    def prune(self) -> None:
        """Drop what was not used for a month, and what a killed process left behind."""
        oldest = time.time() - _UNUSED_S
        for path in self._folder.iterdir():
            with suppress(FileNotFoundError):  # another process was here first
                if path.stat().st_mtime < oldest:
                    path.unlink()
