"""What the root command makes of the ways in which a command can end."""

import subprocess
import sys
import tomllib
from pathlib import Path

from hdlsmith import __version__

ROOT = Path(__file__).parents[2]
INTERRUPTED_EARLY = """
from hdlsmith import cli

def interrupted():
    raise KeyboardInterrupt

cli.app = interrupted
cli.main()
"""

INTERRUPTED_IMPORT = """
import os, pkgutil, signal, sys

class Interrupting:
    def find_spec(self, name, path=None, target=None):
        if name == "typer":
            os.kill(os.getpid(), signal.SIGINT)

sys.meta_path.insert(0, Interrupting())
pkgutil.resolve_name(sys.argv.pop())()
"""
WAY_IN = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["scripts"]["hdlsmith"]


def test_ctrl_c_while_the_command_line_is_imported_says_nothing() -> None:
    done = python(INTERRUPTED_IMPORT, "--help", WAY_IN)
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "")


def test_who_ignores_ctrl_c_goes_on_ignoring_it() -> None:
    ignoring = f"import signal; signal.signal(signal.SIGINT, signal.SIG_IGN)\n{INTERRUPTED_IMPORT}"
    done = python(ignoring, "--version", WAY_IN)
    assert (done.returncode, done.stdout) == (0, f"hdlsmith {__version__}\n")


def test_ctrl_c_before_the_command_runs_is_one_line() -> None:
    done = python(INTERRUPTED_EARLY)
    assert (done.returncode, done.stderr) == (130, "stopped; what was finished is kept\n")


def python(code: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code, *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
