"""`make demo` without weights: the recorded run still fits the prompts and the tools."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]

pytestmark = [pytest.mark.tool("iverilog"), pytest.mark.tool("bwrap")]


def test_the_demo_replays_its_recording_without_weights(tmp_path: Path) -> None:
    """`hdlsmith` on PATH is ours, but `model pull` fails as it does without a network."""
    program = tmp_path / "hdlsmith"
    program.write_text(
        f'#!/bin/sh\n[ "$1" = model ] && exit 3\nexec {sys.executable} -m hdlsmith "$@"\n'
    )
    program.chmod(0o755)
    done = subprocess.run(
        ["sh", str(ROOT / "examples" / "demo.sh")],
        env={**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}", "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    assert "replaying a recorded run" in done.stdout
    assert "VERIFIED: your testbench: PASS, 24 checks" in done.stdout
