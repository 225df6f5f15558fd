"""`hdlsmith` in a process of its own, as a user calls it: what the tests of commands share."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def command(*arguments: object) -> list[str]:
    """The whole command line; nothing of the working folder is imported."""
    return [sys.executable, "-P", "-m", "hdlsmith", *map(str, arguments)]


def environment(**more: str) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT), **more}


def hdlsmith(
    *arguments: object, cwd: Path | None = None, timeout_s: float = 60, **env: str
) -> subprocess.CompletedProcess[str]:
    """Run it to its end, whatever that is but a traceback."""
    done = subprocess.run(
        command(*arguments),
        capture_output=True,
        text=True,
        encoding="utf-8",
        cwd=cwd,
        env=environment(**env),
        timeout=timeout_s,
        check=False,
    )
    assert "Traceback" not in done.stderr + done.stdout, done.stderr
    return done
