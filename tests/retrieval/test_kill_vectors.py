"""The same with vectors: index and Chroma are whole again after every kill."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.retrieval import kills
from tests.sandbox.command import environment


def test_builds_and_updates_with_vectors(tmp_path: Path) -> None:
    pytest.importorskip("chromadb")
    done = subprocess.run(
        [sys.executable, "-P", kills.__file__, tmp_path / "repository"],
        capture_output=True,
        text=True,
        env=environment(),
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    pairs = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(pairs) == 2 * kills.KILLS
    assert all(after and after == fresh for after, fresh in pairs)
