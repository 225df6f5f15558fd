"""What the cage runs for `doctor.py`: tries to break out in one way each, and tells what it met.

The first argument names the attempt; the answer is one line of JSON.
"""

import contextlib
import itertools
import json
import os
import resource
import socket
import sys
import time
from pathlib import Path
from typing import Any


def look(told: dict[str, Any]) -> dict[str, Any]:
    """Everything that needs no limit to strike; the forks come last, as they use up processes."""
    status = Path("/proc/self/status").read_text()
    fields = dict(line.split(":\t", 1) for line in status.splitlines())
    return {
        "connected": _connects(told["port"]),
        "pid_space": Path("/proc/self/ns/pid").stat().st_ino,
        "readable": [path for path in told["hidden"] if _readable(Path(path))],
        "writable": [path for path in told["system"] if _writable(Path(path))],
        "environment": dict(os.environ),
        "open_files": _open_files(),
        "uid": os.getuid(),
        "capabilities": int(fields["CapEff"], 16),
        "no_new_privileges": fields["NoNewPrivs"].strip() == "1",
        "raised": _raises_a_limit(),
        "allocated": _allocates(told["memory_bytes"]),
        "file_bytes": _largest_file(told["file_bytes"]),
        "processes": _forks(told["processes"] + 1),
    }


def _connects(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


def _readable(path: Path) -> bool:
    try:
        if path.is_dir():
            return any(path.iterdir())
        with path.open("rb"):
            return True
    except OSError:
        return False


def _writable(folder: Path) -> bool:
    probe = folder / f".hdlsmith-probe-{os.getpid()}"
    try:
        probe.touch()
        probe.unlink()
    except OSError:
        return False
    return True


def _open_files() -> list[str]:
    """What is open beside stdin, stdout and stderr."""
    found = []
    for link in Path("/proc/self/fd").iterdir():
        with contextlib.suppress(OSError):  # the descriptor of the listing itself is gone by now
            target = str(link.readlink())
            if int(link.name) > 2:
                found.append(target)
    return found


def _raises_a_limit() -> bool:
    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
    try:
        resource.setrlimit(resource.RLIMIT_CPU, (hard, hard + 60))
    except (OSError, ValueError):
        return False
    return True


def _allocates(count: int) -> bool:
    try:
        bytearray(count)
    except MemoryError:
        return False
    return True


def _largest_file(limit: int) -> int:
    """The size of a sparse file after a byte was written on each side of the limit."""
    large = Path("large")
    with large.open("wb", buffering=0) as file:
        for place in (limit - 1, limit):
            with contextlib.suppress(OSError):
                os.pwrite(file.fileno(), b"x", place)
        size = os.fstat(file.fileno()).st_size
    large.unlink()
    return size


def _forks(most: int) -> int:
    """Processes alive at once, this one included, when a fork was refused or `most` was reached."""
    gate, hold = os.pipe()
    children: list[int] = []
    with contextlib.suppress(OSError):
        while len(children) + 1 < most:
            if pid := os.fork():
                children.append(pid)
                continue
            os.close(hold)
            os.read(gate, 1)  # until the parent closes its end
            os._exit(0)
    os.close(hold)
    for pid in children:
        os.waitpid(pid, 0)
    return len(children) + 1


def spin() -> None:
    while True:
        pass


def sleep() -> None:
    time.sleep(3600)


def flood() -> None:
    while True:
        sys.stdout.write("flood " * 4096)


def fill() -> None:
    """Write files that are each small enough; slowly, so that a weak cage does not cost much."""
    for number in itertools.count():
        Path(f"fill-{number}").write_bytes(bytes(1 << 16))
        time.sleep(0.002)


ATTEMPTS = {"spin": spin, "sleep": sleep, "flood": flood, "fill": fill}

if __name__ == "__main__":
    if sys.argv[1] == "look":
        print(json.dumps(look(json.loads(sys.argv[2]))))
    else:
        ATTEMPTS[sys.argv[1]]()
