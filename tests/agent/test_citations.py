"""A citation stands only if it names a line of a piece that was shown."""

from dataclasses import replace

import pytest

from hdlsmith.agent.ask import check_citations, numbered
from hdlsmith.retrieval.nodes import Evidence, Kind, Place

FIFO = Evidence(
    node=1,
    kind=Kind.PROCESS,
    name="",
    module="fifo",
    detail="always_ff @(posedge clk_i)",
    words="",
    text="always_ff @(posedge clk_i)\n  if (push_i) wptr_q <= wptr_q + 1;",
    lines=(41, 42),
    places=(Place("rtl/fifo.sv", 41, 42), Place("vendor/fifo.sv", 41, 42)),
    score=1.0,
    reason="named wptr_q",
)


@pytest.mark.parametrize(
    ("said", "stands"),
    [
        ("It counts up [1:42].", "It counts up [rtl/fifo.sv:42]."),
        ("It counts up [1].", "It counts up [rtl/fifo.sv:41]."),
        ("It counts up [1:41-42].", "It counts up [rtl/fifo.sv:41]."),
        ("See rtl/fifo.sv:42.", "See rtl/fifo.sv:42."),
        ("See fifo.sv:42.", "See rtl/fifo.sv:42."),
        ("See vendor/fifo.sv:42.", "See vendor/fifo.sv:42."),
    ],
)
def test_a_shown_line_is_cited_by_its_path(said: str, stands: str) -> None:
    text, cited, removed = check_citations(said, (FIFO,))
    assert text == stands
    assert len(cited) == 1
    assert removed == 0


@pytest.mark.parametrize(
    "said", ["[2:42]", "[1:43]", "[0]", "fifo.sv:99", "rtl/other.sv:42", "o.sv:41"]
)
def test_an_invented_place_is_removed(said: str) -> None:
    text, cited, removed = check_citations(f"So it is {said}.", (FIFO,))
    assert text == "So it is [citation removed: no such place]."
    assert not cited
    assert removed == 1


def test_bit_selects_and_times_are_no_citations() -> None:
    said = "data[7:0] is shifted at 12:30; q[3] and [3:0] hold."
    assert check_citations(said, (FIFO,)) == (said, (), 0)


def test_lines_carry_their_numbers() -> None:
    assert numbered(FIFO).splitlines()[1] == "   42    if (push_i) wptr_q <= wptr_q + 1;"
    cut = replace(FIFO, text="always_ff\n…\n  if", lines=(41, 0, 57))
    assert numbered(cut).splitlines() == ["   41  always_ff", "       …", "   57    if"]
