"""Fixtures of the retrieval tests: an index of a few texts, and cores out of PyPI packages."""

import os
from collections.abc import Callable, Iterator, Mapping
from importlib.util import find_spec
from pathlib import Path

import pytest

from hdlsmith.retrieval.building.build import build
from hdlsmith.retrieval.store.index import Index

# Each test runs without the user's HDLSMITH_* variables, so this one is read beforehand.
_CORES = os.environ.get("HDLSMITH_CORES", "")

IndexOf = Callable[[Mapping[str, str]], Index]
FindCore = Callable[[str], Path]


@pytest.fixture
def index_of(tmp_path: Path) -> Iterator[IndexOf]:
    """Makes a repository of texts, by path, and opens its index."""
    opened: list[Index] = []

    def make(files: Mapping[str, str]) -> Index:
        root = tmp_path / f"repository{len(opened)}"
        for path, text in files.items():
            file = root / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
        build(root, with_words=False)
        opened.append(Index(root / ".hdlsmith"))
        return opened[-1]

    yield make
    for index in opened:
        index.close()


@pytest.fixture(scope="session")
def core() -> FindCore:
    """The source tree of a PyPI package `pythondata-cpu-NAME`: below the folder that the variable
    HDLSMITH_CORES names, or installed; skips where it is neither.
    """

    def find(name: str) -> Path:
        package = f"pythondata_cpu_{name}"
        installed = find_spec(package)
        places = [Path(_CORES) / package] if _CORES else []
        places += (
            [Path(place) for place in installed.submodule_search_locations or ()]
            if installed
            else []
        )
        found = next((place for place in places if place.is_dir()), None)
        if found is None:
            pytest.skip(f"{package} is not installed, nor below HDLSMITH_CORES")
        return found

    return find
