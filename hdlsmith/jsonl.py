"""Append-only JSONL that a kill at any instant leaves readable."""

import json
import os
import threading
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any

from hdlsmith.errors import InputError


class JsonlWriter:
    """Appends records, each by a single write; safe to share between threads.

    A line that an earlier process was killed in the middle of is cut off on opening, so that the
    next record does not get glued onto it.
    """

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._lock = threading.Lock()
        self._fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o644)
        _cut_torn_line(self._fd)

    def append(self, record: dict[str, Any]) -> None:
        """
        Raises:
            OSError: the disk is full; the file still ends in a whole line.
        """
        data = (json.dumps(record, ensure_ascii=False) + "\n").encode("utf-8", "surrogatepass")
        with self._lock:
            size = os.fstat(self._fd).st_size
            try:
                written = os.write(self._fd, data)
                while written < len(data):
                    written += os.write(self._fd, data[written:])
            except OSError:
                os.ftruncate(self._fd, size)
                raise

    def close(self) -> None:
        os.close(self._fd)

    def __enter__(self) -> "JsonlWriter":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def read_jsonl(path: Path) -> Iterator[dict[str, Any]]:
    """The records of a file; a torn last line (a writer was killed) is passed over.

    Raises:
        InputError: missing, unreadable, or a line that is not a JSON object; names the line.
    """
    try:
        lines = path.read_bytes().split(b"\n")
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror or error}") from error
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            record = json.loads(line.decode("utf-8", "surrogatepass"))
        except ValueError as error:
            if number == len(lines):
                return
            raise InputError(f"{path}:{number} is not JSON: {error}") from error
        if not isinstance(record, dict):
            raise InputError(f"{path}:{number} is not a JSON object")
        yield record


def _cut_torn_line(fd: int) -> None:
    end = os.fstat(fd).st_size
    position = end
    while position > 0:
        start = max(0, position - 65536)
        newline = os.pread(fd, position - start, start).rfind(b"\n")
        if newline >= 0:
            position = start + newline + 1
            break
        position = start
    if position < end:
        os.ftruncate(fd, position)
