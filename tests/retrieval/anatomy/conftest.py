"""Modules written for a test, taken apart."""

from collections.abc import Callable
from pathlib import Path

import pytest

from hdlsmith.retrieval.anatomy.anatomy import Anatomy
from hdlsmith.retrieval.anatomy.compute import anatomy_of
from hdlsmith.retrieval.anatomy.library import library_of_files

AnatomyOf = Callable[..., Anatomy]


@pytest.fixture
def anatomy(tmp_path: Path) -> AnatomyOf:
    """The anatomy of a module of a text."""

    def make(text: str, module: str = "", name: str = "it.sv") -> Anatomy:
        file = tmp_path / name
        file.write_text(text)
        return anatomy_of(library_of_files([file]), module)

    return make
