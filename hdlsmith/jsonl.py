"""Append-only JSONL that a kill at any instant leaves readable."""

import fcntl
import json
import os
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from hdlsmith.errors import InputError

_BLOCK_BYTES = 1 << 16
_MEND = "remove that line, or put it right"


class JsonlWriter:
    """Appends records, each by a single write; threads and processes may share the file.

    A line that another process was killed in the middle of is dropped before the next one is
    written, so that the two don't get glued together.

    Raises:
        OSError: the file can't be opened.
    """

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._thread = threading.Lock()
        # Records hold the user's prompts and source code: readable by nobody else.
        flags = os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC
        self._fd = os.open(path, flags, 0o600)

    def append(self, record: dict[str, Any]) -> None:
        """
        Raises:
            OSError: the disk is full; the file still ends in a whole line.
        """
        data = (json.dumps(record) + "\n").encode("ascii")
        with self._thread:
            fcntl.flock(self._fd, fcntl.LOCK_EX)
            try:
                end = _mend_last_line(self._fd)
                try:
                    written = os.write(self._fd, data)
                    while written < len(data):
                        written += os.write(self._fd, data[written:])
                except OSError:
                    os.ftruncate(self._fd, end)
                    raise
            finally:
                fcntl.flock(self._fd, fcntl.LOCK_UN)

    def close(self) -> None:
        os.close(self._fd)

    def __enter__(self) -> "JsonlWriter":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def read_jsonl(path: Path, *, growing: bool = True) -> Iterator[tuple[int, dict[str, Any]]]:
    """The records of a file, each with the number of its line.

    Args:
        growing: a process may have been killed while it wrote the last line, so that a torn one
            is passed over; in a finished file it is an error.

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
            record = json.loads(line)
        except ValueError as error:
            if growing and number == len(lines):
                return
            raise InputError(f"{path}:{number}: not JSON: {error}", remedy=_MEND) from error
        if not isinstance(record, dict):
            raise InputError(f"{path}:{number}: not a JSON object", remedy=_MEND)
        yield number, record


def _mend_last_line(fd: int) -> int:
    """End the last line: with its newline if it is whole, else by dropping it.

    Returns:
        the file's size then.
    """
    end = os.fstat(fd).st_size
    start = _last_line_start(fd, end)
    if start == end:
        return end
    try:
        json.loads(os.pread(fd, end - start, start))
    except ValueError:
        os.ftruncate(fd, start)
        return start
    os.write(fd, b"\n")
    return end + 1


def _last_line_start(fd: int, end: int) -> int:
    position = end
    while position > 0:
        start = max(0, position - _BLOCK_BYTES)
        newline = os.pread(fd, position - start, start).rfind(b"\n")
        if newline >= 0:
            return start + newline + 1
        position = start
    return 0
