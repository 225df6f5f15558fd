"""The structural walk: what hangs together with what a question finds, cut to a budget."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from hdlsmith.retrieval.building.build import build
from hdlsmith.retrieval.nodes import Evidence, Kind
from hdlsmith.retrieval.searching.evidence import GAP
from hdlsmith.retrieval.searching.gather import CHARACTERS_PER_TOKEN, gather
from hdlsmith.retrieval.searching.query import Query
from hdlsmith.retrieval.searching.searcher import Searcher

METER = """\
module meter (input logic clk_i, rst_ni, tick_i, output logic [7:0] level_o);
  logic [7:0] level_q;
  logic       armed_q;
  always_ff @(posedge clk_i or negedge rst_ni)
    if (!rst_ni) level_q <= '0;
    else if (tick_i & armed_q) level_q <= level_q + 1;
  always_ff @(posedge clk_i) armed_q <= tick_i;
  assign level_o = level_q;
endmodule
"""
PANEL = """\
module panel (input logic clk_i, rst_ni, button_i, output logic lamp_o);
  logic [7:0] level;
  logic       pressed;
  assign pressed = ~button_i;
  meter u_meter (.clk_i, .rst_ni, .tick_i(pressed), .level_o(level));
  assign lamp_o = level > 8'd100;
endmodule
"""
LONG = "\n".join(
    [
        "module long (input logic clk_i, input logic [99:0] d_i, output logic [99:0] q_o);",
        "  always_ff @(posedge clk_i) begin",
        *(f"    q_o[{at}] <= d_i[{at}];" for at in range(100)),
        "  end",
        "endmodule",
    ]
)


@pytest.fixture
def searcher(tmp_path: Path) -> Iterator[Searcher]:
    for name, text in (("meter.sv", METER), ("panel.sv", PANEL), ("long.sv", LONG)):
        (tmp_path / name).write_text(text)
    build(tmp_path)
    with Searcher(tmp_path / ".hdlsmith") as opened:
        yield opened


def reasons(found: tuple[Evidence, ...]) -> dict[str, str]:
    """First line of each text, without indentation -> its reason."""
    return {one.text.split("\n")[0].strip(): one.reason for one in found}


def test_a_signal_brings_its_drivers_loads_and_neighbours(searcher: Searcher) -> None:
    found = reasons(gather(searcher, Query("level_q", (Kind.SIGNAL,), k=1)))
    assert "named level_q" in found["logic [7:0] level_q;"]
    assert found["always_ff @(posedge clk_i or negedge rst_ni)"] == "drives level_q"
    assert found["always_ff @(posedge clk_i) armed_q <= tick_i;"] == "drives armed_q"
    assert found["assign level_o = level_q;"] == "reads level_q"


def test_the_walk_crosses_module_boundaries(searcher: Searcher) -> None:
    found = reasons(gather(searcher, Query("tick_i", (Kind.PORT,), k=1)))
    assert found["assign pressed = ~button_i;"] == "drives pressed (1 module up)"


def test_a_module_brings_its_instances_and_an_instance_its_module(searcher: Searcher) -> None:
    instances = reasons(gather(searcher, Query("meter", (Kind.MODULE,), k=1)))
    assert any(reason == "instance of meter" for reason in instances.values())
    modules = reasons(gather(searcher, Query("u_meter", (Kind.INSTANCE,), k=1)))
    assert "module of u_meter" in modules.values()


def test_every_piece_stands_where_it_says_it_does(searcher: Searcher) -> None:
    for one in gather(searcher, Query("level meter lamp button long")):
        place = one.places[0]
        lines = (searcher.index.root / place.path).read_text().split("\n")
        assert one.lines[0] == place.start_line
        shown = zip(one.lines, one.text.split("\n"), strict=True)
        assert all(text == (lines[number - 1] if number else GAP) for number, text in shown)
        assert one.reason


@pytest.mark.parametrize("budget_tokens", [1, 60, 200, 5000])
def test_the_budget_holds(searcher: Searcher, budget_tokens: int) -> None:
    found = gather(searcher, Query("level tick lamp", budget_tokens=budget_tokens))
    assert sum(len(one.text) for one in found) <= budget_tokens * CHARACTERS_PER_TOKEN
    assert bool(found) == (budget_tokens >= 60)


def test_of_a_long_block_only_the_lines_that_matter_are_kept(searcher: Searcher) -> None:
    found = gather(searcher, Query("d_i", (Kind.PORT,), module="long", k=1))
    block = next(one for one in found if one.kind is Kind.PROCESS)
    assert block.places[0].end_line - block.places[0].start_line > 90
    assert len(block.lines) < 100
    module = gather(searcher, Query("long", (Kind.MODULE,), k=1))[0]
    assert GAP in module.text
    assert len(module.text.split("\n")) < 60
