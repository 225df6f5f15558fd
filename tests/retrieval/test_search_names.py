"""Questions that spell names: which of many nodes of a name is meant, and which block."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from hdlsmith.retrieval.building.build import build
from hdlsmith.retrieval.nodes import Evidence, Kind
from hdlsmith.retrieval.searching.query import Query, parse_kinds
from hdlsmith.retrieval.searching.searcher import Searcher
from hdlsmith.retrieval.searching.terms import terms_of
from hdlsmith.retrieval.store.index import Index

STAGE = """\
module {name} (input logic clk_i, input logic rst_ni, input logic go_i, output logic busy);
  logic state_q, level_q;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) state_q <= 1'b0;
    else state_q <= go_i;
  end
  always_ff @(posedge clk_i) level_q <= state_q;
  assign busy = state_q | level_q;
endmodule
"""
NAMES = ("sender", "receiver", "line_decoder", "arbiter", "hold_64", "hold_32")
TOP = """\
module top (input logic clk_i, rst_ni, input decode_pkg::word_t word_i, output logic jump_o, any_o);
  localparam int LANE = 2;
  logic [LANE-1:0] lane;
  sender u_first (.clk_i, .rst_ni, .go_i(jump_o), .busy(lane[0]));
  receiver u_second (.clk_i, .rst_ni, .go_i(lane[0]), .busy(lane[1]));
  assign jump_o = word_i.opcode == decode_pkg::OP_JUMP;
  assign any_o = |lane;
endmodule
"""
PACKAGE = """\
package decode_pkg;
  typedef enum logic [1:0] {OP_ADD, OP_JUMP} op_e;
  typedef struct packed {op_e opcode; logic [5:0] operand;} word_t;
endpackage
"""


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("repository")
    for name in NAMES:
        (root / f"{name}.sv").write_text(STAGE.format(name=name))
    (root / "top.sv").write_text(TOP)
    (root / "decode_pkg.sv").write_text(PACKAGE)
    build(root)
    return root


@pytest.fixture(scope="module")
def searcher(built: Path) -> Iterator[Searcher]:
    with Searcher(built / ".hdlsmith") as opened:
        yield opened


def first(searcher: Searcher, text: str, *kinds: str) -> Evidence:
    return searcher.search(Query(text, parse_kinds(list(kinds))))[0]


@pytest.mark.parametrize("module", ["arbiter", "line_decoder", "receiver", "sender"])
@pytest.mark.parametrize(
    "text",
    [
        "What is state_q used for in module {}?",
        "`state_q` of the `{}`",
        "the {} module's state_q",
        "the state q of the {} module",
        "where is {}.state_q declared",
    ],
)
def test_of_many_nodes_of_a_name_the_one_in_the_named_module_is_meant(
    searcher: Searcher, module: str, text: str
) -> None:
    found = first(searcher, text.format(module), "signal")
    assert (found.name, found.module) == ("state_q", module)
    assert "named state_q" in found.reason
    assert f"inside {module}" in found.reason


def test_an_instance_leads_into_its_module(searcher: Searcher) -> None:
    found = first(searcher, "busy output of u_second: `busy`", "port")
    assert (found.name, found.module) == ("busy", "receiver")


def test_a_module_in_plain_words_is_meant_too(searcher: Searcher) -> None:
    assert first(searcher, "state_q of the decoder of a line", "signal").module == "line_decoder"
    assert first(searcher, "level_q where 64 are held", "signal").module == "hold_64"


def test_of_two_spellings_the_exact_one_counts(searcher: Searcher) -> None:
    assert first(searcher, "LANE", "signal", "parameter").kind is Kind.PARAMETER
    assert first(searcher, "`lane`", "signal", "parameter").kind is Kind.SIGNAL


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("Which always block in the arbiter updates state_q?", "state_q <= go_i"),
        ("Which always block in the arbiter reads state_q and updates level_q?", "level_q <="),
        ("the instance of sender that jump_o starts", "sender u_first"),
        ("the instance of receiver", "receiver u_second"),
        ("which assignment compares with OP_JUMP", "assign jump_o"),
        ("who looks at word_i.opcode", "assign jump_o"),
    ],
)
def test_a_block_is_found_by_what_it_drives_uses_or_spells(
    searcher: Searcher, text: str, answer: str
) -> None:
    assert answer in first(searcher, text, "block").text


def test_a_name_of_many_parts_is_not_looked_for_in_code(tmp_path: Path) -> None:
    names = ["x_" * parts + "q" for parts in (31, 32)]
    (tmp_path / "m.sv").write_text(
        "module m (input logic a, output logic b, c);\n"
        + "".join(f"  assign {out} = a && `{n};\n" for out, n in zip("bc", names, strict=True))
        + "endmodule\n"
    )
    build(tmp_path)
    with Index(tmp_path / ".hdlsmith") as index:
        found = [len(index.spelling(name, (Kind.ASSIGN,), 9)) for name in names]
    assert found == [2, 0]


def test_the_kind_that_is_asked_for_comes_first(searcher: Searcher) -> None:
    assert first(searcher, "the always block of busy in sender", "block").kind is Kind.PROCESS
    assert first(searcher, "the assignment of busy in sender", "block").kind is Kind.ASSIGN
    assert first(searcher, "busy instance in top", "block").kind is Kind.INSTANCE


def test_names_are_told_from_words() -> None:
    def names(text: str) -> set[str]:
        return set(terms_of(text).names)

    assert {"busy", "u_fifo", "wr_en"} <= names("'busy' and top.u_fifo.wr_en")
    assert "queue" in names("the queue module") & names("in module queue")
    assert "queue" not in names("a queue of words")
    assert {"wr_ptr_q", "ptr_q"} <= names("the wr ptr q")
    assert names("a signal that is in the module") == set()
    assert {"64", "72"} <= set(terms_of("a 72/64 decoder").words)


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("which always_ff block", {Kind.PROCESS}),
        ("the always block", {Kind.PROCESS}),
        ("it is always high, for instance", set()),
        ("the continuous assignment", {Kind.ASSIGN}),
        ("what instantiates the queue", {Kind.INSTANCE}),
        ("an output", {Kind.PORT}),
        ("which signal", {Kind.PORT, Kind.SIGNAL}),
    ],
)
def test_words_tell_the_kind(text: str, kinds: set[Kind]) -> None:
    assert {kind for some in terms_of(text).kinds for kind in some} == kinds
