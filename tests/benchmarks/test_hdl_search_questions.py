"""Which comments become questions of hdl-search, and that the tree no longer says them."""

from pathlib import Path

import pytest

from hdlsmith.benchmarks.hdl_search.comments import as_query, paragraphs, read_comments
from hdlsmith.benchmarks.hdl_search.corpus import SPLITS, load_split, without_answers
from hdlsmith.benchmarks.hdl_search.masking import masked
from hdlsmith.benchmarks.hdl_search.nodes_of_code import CodeNode
from hdlsmith.benchmarks.hdl_search.queries import Query, make_queries, ngrams
from hdlsmith.errors import InputError
from hdlsmith.languages import Language

FIFO = b"""\
// Copyright the authors. Licensed under no licence at all.
// Author: Somebody Special <somebody@example.com>
//
// Description: Small buffer that keeps bytes in order until the reader takes them

`include "nothing.svh"

module tiny_fifo #(
    parameter int DEPTH = 4  // bytes that the memory array can hold at most
) (
    input  logic clk_i,
    input  logic push_i,      // the writer offers a byte in this cycle
    output logic full_o, a_o  // two names share this line of declarations
);
  // occupied places of the storage array
  logic [2:0] used;
  // the next two counters wrap around at the end of memory
  logic [2:0] head;
  logic [2:0] tail;

  // a byte enters unless every place is taken already
  always_ff @(posedge clk_i) if (push_i && !full_o) head <= head + 1;

  assign full_o = used == DEPTH;  // refuses writers once no room is left
  // assign full_o = used == 3;
  // TODO: think about what happens when both sides move at once
endmodule
"""

UART = b"""\
-- Serial transmitter for slow links between boards
entity uart_tx is
  port (
    clk  : in  std_ulogic;
    busy : out std_ulogic  -- stays high while data bits are shifted out
  );
end entity;
architecture rtl of uart_tx is
  signal bits_left : integer;  -- remaining symbols of the current frame
begin
  -- divides the system clock down to the symbol rate
  divider : process(clk)
  begin
    if rising_edge(clk) then bits_left <= bits_left - 1; end if;
  end process;
end architecture;
"""


def _asked(texts: dict[str, bytes]) -> dict[str, Query]:
    return {query.named: query for query in make_queries(texts)}


def test_questions_of_a_verilog_file() -> None:
    found = {
        (q.group, q.answers[0].name, q.answers[0].line, text)
        for text, q in _asked({"fifo.sv": FIFO}).items()
    }
    assert found == {
        (
            "module",
            "tiny_fifo",
            8,
            "Small buffer that keeps bytes in order until the reader takes them",
        ),
        ("signal", "DEPTH", 9, "bytes that the memory array can hold at most"),
        ("signal", "push_i", 12, "the writer offers a byte in this cycle"),
        ("signal", "used", 16, "occupied places of the storage array"),
        ("block", "", 22, "a byte enters unless every place is taken already"),
        ("block", "", 24, "refuses writers once no room is left"),
    }


def test_questions_of_a_vhdl_file() -> None:
    found = {
        (q.group, q.answers[0].name, q.answers[0].line)
        for q in _asked({"uart.vhdl": UART}).values()
    }
    assert found == {
        ("module", "uart_tx", 2),
        ("signal", "busy", 5),
        ("signal", "bits_left", 9),
        ("block", "divider", 12),
    }


@pytest.mark.parametrize(
    "text",
    [
        "Copyright 2020 by some people of a large company",
        "TODO remove the second buffer before the release",
        "assign ready = valid && !stall when the pipeline moves",
        "verilator lint_off of unused signals in this wrapper",
        "see the documentation of the bus for details about timing",
        "counter value",
        "-------- ======== --------",
        "x y z i j k a b",
    ],
)
def test_no_question(text: str) -> None:
    assert as_query(text) == ""


def test_a_long_comment_is_cut_at_a_sentence() -> None:
    sentence = "The arbiter grants one requester each cycle in a fair rotating order. "
    asked = as_query(sentence * 6)
    assert asked.endswith(".")
    assert 12 <= len(asked.split()) <= 45


def test_labels_lists_and_banners_part_paragraphs() -> None:
    text = b"/* Engineer: A\n * =====\n * Purpose: waits\n * for it\n *\n * - one\n * - two */\n"
    (comment,) = read_comments(text, Language.VERILOG)
    assert list(paragraphs(comment)) == ["waits for it", "one", "two"]


def test_a_string_holds_no_comment() -> None:
    assert read_comments(b'initial $display("// no comment");\n', Language.VERILOG) == []


def test_a_comment_about_different_code_asks_nothing() -> None:
    other = FIFO.replace(b"tiny_fifo", b"other_fifo").replace(b"head + 1", b"head + 2")
    asked = _asked({"a.sv": FIFO, "b.sv": other})
    assert asked == {}


def test_copies_of_code_all_answer() -> None:
    asked = _asked({"a.sv": FIFO, "vendor/a.sv": FIFO})
    paths = {answer.path for answer in asked["occupied places of the storage array"].answers}
    assert paths == {"a.sv", "vendor/a.sv"}


def test_masks() -> None:
    node = CodeNode("block", "", "uart_tx", 0, 0)
    code = "always_ff @(posedge clk) if (start) shiftReg_q <= {1'b0, shiftReg_q[7:1]};"
    known = {"start", "clk", "shiftreg_q", "tx_empty"}
    asked = "When start comes, shifting moves shiftReg_q right by one bit; tx_empty waits for clock"
    left = masked(asked, node, code, known)
    # `start` is read, `shifting` is of a driven name's part, the others are written as names.
    assert left == "When comes, moves right by one bit; waits for clock"


def test_keywords_and_function_words_are_no_identifiers() -> None:
    node = CodeNode("signal", "for_all_i", "m", 0, 0)
    asked = "an input of the interface for all others"
    assert masked(asked, node, "input logic for_all_i", set()) == asked


def test_the_tree_no_longer_says_what_is_asked() -> None:
    echo = (
        b"// as said: a byte enters unless every place is taken already, by any writer\n"
        b"module m;\nendmodule\n"
    )
    texts = {"fifo.sv": FIFO, "copy/fifo.v": b"\n" + FIFO, "echo.v": echo, "uart.vhdl": UART}
    corpus = without_answers("small", texts, make_queries(texts), {})
    assert len(corpus.queries) == 11
    for query in corpus.queries:
        for text in corpus.texts.values():
            assert query.named.encode() not in text
            assert not ngrams(query.named) & ngrams(text.decode())
    for path, text in texts.items():
        kept = corpus.texts[path]
        assert [len(line) for line in kept.splitlines()] == [len(x) for x in text.splitlines()]
        assert b"always_ff @(posedge clk_i) if (push_i" in kept or path in ("echo.v", "uart.vhdl")
    assert b"TODO: think about what" in corpus.texts["fifo.sv"]


def test_a_question_that_stands_in_code_is_dropped() -> None:
    said = b'module m; initial $display("occupied places of the storage array"); endmodule\n'
    texts = {"fifo.sv": FIFO, "m.v": said}
    asked = {q.named for q in without_answers("small", texts, make_queries(texts), {}).queries}
    assert "occupied places of the storage array" not in asked
    assert "the writer offers a byte in this cycle" in asked


def test_no_repository_is_in_two_splits() -> None:
    names = [name for folders in SPLITS.values() for name in folders]
    assert len(set(names)) == len(names)


def test_what_a_split_before_has_asks_nothing_again(tmp_path: Path) -> None:
    for folder in (folder for folders in SPLITS.values() for folder in folders.values()):
        (tmp_path / folder).mkdir(parents=True)
    hardware = tmp_path / SPLITS["test"]["opentitan"]
    for place in ("ip/fifo/rtl", "ip/fifo/dv", "vendor/other/rtl"):
        (hardware / place).mkdir(parents=True)
        (hardware / place / "fifo.sv").write_bytes(FIFO)
    (hardware / "ip/fifo/rtl/fifo_reg_top.sv").write_bytes(FIFO)
    (hardware / "ip/fifo/rtl/uart.vhdl").write_bytes(UART)
    before = tmp_path / SPLITS["read"]["libsv"]
    (before / "fifo.sv").write_bytes(b"// tells nothing about it\nmodule TINY_fifo; endmodule\n")
    (before / "uart.sv").write_bytes(
        b"module m;\n// Remaining symbols of the current frame\nwire w;"
    )

    corpus = load_split("test", tmp_path)

    assert set(corpus.texts) == {"opentitan/ip/fifo/rtl/fifo.sv", "opentitan/ip/fifo/rtl/uart.vhdl"}
    assert {query.answers[0].name for query in corpus.queries} == {"uart_tx", "busy", "divider"}


@pytest.mark.parametrize("split", SPLITS)
def test_no_leak_in_the_real_repositories(split: str) -> None:
    try:
        corpus = load_split(split)
    except InputError as missing:
        pytest.skip(str(missing))
    asked = {gram for query in corpus.queries for gram in ngrams(query.named)}
    assert len(corpus.queries) > 500
    for text in corpus.texts.values():
        assert not asked & ngrams(text.decode("utf-8", "replace"))
