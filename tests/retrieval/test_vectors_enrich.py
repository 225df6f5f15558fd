"""Words that a model wrote: asked once a text, kept, found."""

from pathlib import Path

import pytest

from hdlsmith.errors import ModelError
from hdlsmith.retrieval.building.build import build
from hdlsmith.retrieval.meaning.enrich import enrich
from hdlsmith.retrieval.nodes import Kind
from hdlsmith.retrieval.store.index import Index
from hdlsmith.retrieval.vectors.nearest import NearestNodes
from hdlsmith.retrieval.vectors.sync import sync
from hdlsmith.settings import Settings

BLINKER = """
module blinker(input clk, output reg led);
  always @(posedge clk) led <= ~led;
endmodule
"""


@pytest.fixture
def index(tmp_path: Path) -> Path:
    (tmp_path / "blinker.v").write_text(BLINKER)
    (tmp_path / "copy.v").write_text(BLINKER + "\n// a copy\n")
    build(tmp_path)
    return tmp_path / ".hdlsmith"


class Scripted:
    """Says a sentence about each text, and dies when told."""

    def __init__(self, dies_after: int | None = None) -> None:
        self.asked: list[str] = []
        self._dies_after = dies_after

    def __call__(self, text: str) -> str:
        if len(self.asked) == self._dies_after:
            raise ModelError("the endpoint is dead")
        self.asked.append(text)
        return "Blinks a lamp\nat half the rate, like a lighthouse."


def words(index: Path, kind: Kind) -> list[str]:
    with Index(index) as opened:
        return [opened.words(node.id) for node in opened.of_kind(kind)]


def test_a_text_is_asked_about_once_and_all_its_nodes_get_the_words(index: Path) -> None:
    model = Scripted()
    assert enrich(index, model, "m") == (2, 4)
    assert len(model.asked) == 2
    assert all(said.startswith("Blinks a lamp at half") for said in words(index, Kind.PROCESS))
    assert enrich(index, model, "m") == (0, 0)
    assert enrich(index, model, "another").asked == 2


def test_a_rebuilt_index_asks_nobody(index: Path) -> None:
    enrich(index, Scripted(), "m")
    build(index.parent)
    assert not any("lighthouse" in said for said in words(index, Kind.PROCESS))
    assert enrich(index, Scripted(dies_after=0), "m") == (0, 4)
    assert all("lighthouse" in said for said in words(index, Kind.PROCESS))


def test_a_model_that_dies_loses_nothing(index: Path) -> None:
    with pytest.raises(ModelError):
        enrich(index, Scripted(dies_after=1), "m")
    model = Scripted()
    assert enrich(index, model, "m") == (1, 4)


def test_a_model_may_be_asked_little(index: Path) -> None:
    assert enrich(index, Scripted(), "m", most=1) == (1, 2)


def test_what_a_model_said_is_found_by_meaning(index: Path) -> None:
    sync(index, Settings())
    enrich(index, Scripted(), "m")
    nearest = NearestNodes(index, Settings())
    ((node, cosine),) = nearest.find("lighthouse lamp", 1, (Kind.PROCESS,))
    nearest.close()
    assert cosine > 0.3
    with Index(index) as opened:
        assert "led" in opened.text(opened.node(node))
