"""A build and an update that are killed at any moment: the index opens, and goes on to be whole."""

import random
from collections.abc import Callable
from pathlib import Path

import pytest

from hdlsmith.retrieval.building.build import build, update
from hdlsmith.retrieval.store.index import Index
from hdlsmith.retrieval.store.status import content_digest
from tests.retrieval.kills import KILLS, duration_s, killed_after, write


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "repository"


def test_a_first_build(root: Path) -> None:
    write(root, step=0)
    folder = root / ".hdlsmith"
    longest_s = duration_s(lambda: build(root, root.parent / "fresh"))
    whole = content_digest(root.parent / "fresh")
    chance = random.Random(1)
    for _ in range(KILLS):
        killed_after(chance.uniform(0, longest_s), lambda: build(root))
        if (folder / "index.sqlite").exists():
            assert content_digest(folder) == whole
            (folder / "index.sqlite").unlink()
    build(root)
    assert content_digest(folder) == whole
    assert len(list(folder.glob("index-*.sqlite"))) == 1


@pytest.mark.parametrize("again", [build, lambda root: update(root / ".hdlsmith")])
def test_an_index_that_is_there(root: Path, again: Callable[[Path], object]) -> None:
    folder = root / ".hdlsmith"
    chance = random.Random(2)
    whole = []
    for step in (0, 1):
        write(root, step)
        build(root, root.parent / "fresh")
        whole.append(content_digest(root.parent / "fresh"))
    longest_s = duration_s(lambda: build(root))
    for number in range(KILLS):
        write(root, number % 2)
        killed_after(chance.uniform(0, longest_s), lambda: again(root))
        with Index(folder) as index:
            assert index.match("raw", "unit1 clk", 5)
        assert content_digest(folder) in whole
        again(root)
        assert content_digest(folder) == whole[number % 2]
