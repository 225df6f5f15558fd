"""What the root command makes of the ways in which a command can end."""

import subprocess
import sys
from pathlib import Path

INTERRUPTED_EARLY = """
from hdlsmith import cli

def interrupted():
    raise KeyboardInterrupt

cli.app = interrupted
cli.main()
"""


def test_ctrl_c_before_the_command_runs_is_one_line() -> None:
    done = subprocess.run(
        [sys.executable, "-c", INTERRUPTED_EARLY],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr) == (130, "stopped; what was finished is kept\n")
