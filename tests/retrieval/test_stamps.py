"""What shows that a file has changed: neither a copy nor a restored time hides it, or feigns it."""

import shutil
import time
from pathlib import Path

import pytest

from hdlsmith.index_settings import IndexSettings
from hdlsmith.retrieval.building.build import build, update
from hdlsmith.retrieval.building.change import stale_files
from hdlsmith.retrieval.nodes import Kind
from hdlsmith.retrieval.store.index import Index


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "repository"
    root.mkdir()
    (root / "plain.v").write_text("module first; endmodule\n")
    time.sleep(0.1)  # a younger file is looked at again in any case
    return root


def test_other_bytes_of_the_same_size_and_time_are_seen(root: Path) -> None:
    build(root)
    folder = root / ".hdlsmith"
    before = (root / "plain.v").stat()
    other = root.parent / "other.v"
    other.write_text("module other; endmodule\n")
    shutil.copystat(root / "plain.v", other)
    shutil.copy2(other, root / "plain.v")
    after = (root / "plain.v").stat()
    assert (after.st_size, after.st_mtime_ns) == (before.st_size, before.st_mtime_ns)
    assert stale_files(folder, IndexSettings()) == ["plain.v"]
    assert update(folder).read == 1
    with Index(folder) as index:
        assert [node.name for node in index.of_kind(Kind.MODULE)] == ["other"]


def test_a_copy_of_a_repository_is_not_stale(root: Path) -> None:
    build(root)
    copy = root.parent / "copy"
    shutil.copytree(root, copy, symlinks=True)
    (copy / "plain.v").touch()
    assert stale_files(copy / ".hdlsmith", IndexSettings()) == []
    assert update(copy / ".hdlsmith").read == 0
