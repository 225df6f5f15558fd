"""Questions to a small repository: what is found, in which order, why, and where."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from hdlsmith.errors import InputError
from hdlsmith.retrieval.building.build import build, update
from hdlsmith.retrieval.nodes import Evidence, Kind
from hdlsmith.retrieval.searching.gather import gather
from hdlsmith.retrieval.searching.query import KIND_GROUPS, Query, parse_kinds
from hdlsmith.retrieval.searching.searcher import Searcher
from hdlsmith.retrieval.searching.terms import stem, terms_of

QUEUE = """\
// SPDX-License-Identifier: Apache-2.0
// Holds words until the consumer takes them, in order of arrival.
module queue #(parameter int Depth = 4) (
  input  logic clk_i,
  input  logic rst_ni,
  input  logic push_i,   // producer offers a word
  input  logic pop_i,
  output logic full_o
);
  logic [2:0] wr_ptr_q, fill_q;

  // Advances to the next slot and wraps around at the end of the buffer.
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) wr_ptr_q <= '0;
    else if (push_i && !full_o) wr_ptr_q <= (wr_ptr_q == Depth - 1) ? '0 : wr_ptr_q + 1;
  end

  // Occupancy of the buffer.
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) fill_q <= '0;
    else if (push_i != pop_i) fill_q <= push_i ? fill_q + 1 : fill_q - 1;
  end
  assign full_o = fill_q == Depth;
endmodule
"""
CHOOSER = """\
// Grants one requester at a time.
module chooser (input logic [1:0] req_i, output logic [1:0] gnt_o);
  assign gnt_o[0] = req_i[0];
  assign gnt_o[1] = req_i[1] & ~req_i[0];
endmodule
"""
SYSTEM = """\
module system (input logic clk_i, rst_ni, start_i, take_i, output logic busy_o);
  localparam logic [31:0] Magic = 32'hcafe_f00d;
  queue #(.Depth(4)) u_requests (
    .clk_i, .rst_ni, .push_i(start_i), .pop_i(take_i), .full_o(busy_o));
endmodule
"""
FILES = {"rtl/queue.sv": QUEUE, "old/queue.sv": QUEUE, "chooser.sv": CHOOSER, "system.sv": SYSTEM}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("repository")
    for path, text in FILES.items():
        (root / path).parent.mkdir(exist_ok=True)
        (root / path).write_text(text)
    build(root)
    return root


@pytest.fixture
def searcher(built: Path) -> Iterator[Searcher]:
    with Searcher(built / ".hdlsmith") as opened:
        yield opened


def first(searcher: Searcher, text: str, *kinds: str) -> Evidence:
    return searcher.search(Query(text, parse_kinds(list(kinds))))[0]


def test_a_block_is_found_by_what_is_said_of_it(searcher: Searcher) -> None:
    found = first(searcher, "wraps at the end of the buffer", "block")
    assert found.kind is Kind.PROCESS
    assert "wr_ptr_q <=" in found.text
    assert "around it" in found.reason


def test_inflected_and_written_out_words_find_short_names(searcher: Searcher) -> None:
    assert first(searcher, "write pointers", "signal").name == "wr_ptr_q"
    assert first(searcher, "granting requesters", "module").name == "chooser"


def test_a_name_is_found_whatever_its_case_and_says_so(searcher: Searcher) -> None:
    found = first(searcher, "what is WR_PTR_Q")
    assert "wr_ptr_q" in (found.name, *found.text.split())
    signal = first(searcher, "WR_PTR_Q", "signal")
    assert (signal.name, signal.module) == ("wr_ptr_q", "queue")
    assert "named WR_PTR_Q" in signal.reason


def test_the_driver_of_a_named_signal_is_found_as_a_block(searcher: Searcher) -> None:
    found = first(searcher, "fill_q", "process")
    assert "fill_q <=" in found.text
    assert "drives fill_q" in found.reason


@pytest.mark.parametrize("path", ["queue.clk_i", "u_requests.clk_i", "system.u_requests.clk_i"])
def test_a_dotted_path_leads_through_modules_and_instances(searcher: Searcher, path: str) -> None:
    assert first(searcher, path, "port").module == "queue"
    assert first(searcher, "system.clk_i", "port").module == "system"


def test_equal_texts_are_one_result_with_both_places(searcher: Searcher) -> None:
    results = searcher.search(Query("queue", (Kind.MODULE,)))
    queue = results[0]
    assert [one.name for one in results].count("queue") == 1
    assert sorted(place.path for place in queue.places) == ["old/queue.sv", "rtl/queue.sv"]
    assert {place.licence for place in queue.places} == {"Apache-2.0"}
    assert queue.places[0].start_line == 3


def test_kinds_and_module_limit_what_is_found(searcher: Searcher) -> None:
    ports = searcher.search(Query("clk_i reset buffer", KIND_GROUPS["port"], k=50))
    assert {one.kind for one in ports} == {Kind.PORT}
    inside = searcher.search(Query("clock", module="SYSTEM", k=50))
    assert {one.module or one.name for one in inside} == {"system"}


def test_a_module_is_found_by_what_it_names_inside(searcher: Searcher) -> None:
    found = first(searcher, "fill level, write pointers", "module")
    assert found.name == "queue"
    assert "around it: " in found.reason


def test_a_block_is_nearer_in_the_module_that_the_question_is_about(searcher: Searcher) -> None:
    found = searcher.search(Query("next slot for the consumer's words", (Kind.PROCESS,)))
    assert {one.module for one in found} == {"queue"}
    assert any("in its module: " in one.reason for one in found)


def test_of_two_comments_the_one_that_says_more_of_the_question_wins(tmp_path: Path) -> None:
    (tmp_path / "two.sv").write_text(
        "module two (input logic a_i, b_i, output logic x_o, y_o);\n"
        "  // parity, parity and once more parity of the header\n"
        "  assign x_o = ^a_i;\n"
        + "\n"
        * 20
        + "  // parity goes to the far side of the link with all that waits there for it\n"
        "  assign y_o = ^b_i;\nendmodule\n"
    )
    build(tmp_path)
    with Searcher(tmp_path / ".hdlsmith") as opened:
        assert "y_o" in first(opened, "parity of the far side of a link", "assign").text


def test_code_is_found_by_a_constant(searcher: Searcher) -> None:
    assert first(searcher, "32'hcafe_f00d", "module").name == "system"


def test_answers_are_the_same_every_time(built: Path) -> None:
    answers = []
    for _ in range(2):
        with Searcher(built / ".hdlsmith") as opened:
            answers.append(opened.search(Query("clock reset buffer word full")))
    assert answers[0] == answers[1]


@pytest.mark.parametrize(
    "text",
    [
        *('"', "'; DROP TABLE node; --", "a AND OR NOT NEAR(", "* ^ : {x}: -", "\x00\ud800"),
        *("buffer " * 15_000, "x" * 100_000, "the of and", "text: names: said:", "ä ü 漢字", "."),
    ],
)
def test_any_text_is_safe(searcher: Searcher, text: str) -> None:
    assert isinstance(searcher.search(Query(text)), tuple)


@pytest.mark.parametrize("query", [{"text": "  "}, {"text": "a", "k": 0}, {"text": "a", "k": 5000}])
def test_what_can_not_be_asked_is_refused(query: dict[str, object]) -> None:
    with pytest.raises(InputError):
        Query(**query)  # type: ignore[arg-type]


def test_an_unknown_kind_lists_the_choices() -> None:
    with pytest.raises(InputError) as refused:
        parse_kinds(["blocks"])
    assert "block" in refused.value.remedy


def test_a_changed_file_is_stale_and_an_update_is_seen(tmp_path: Path) -> None:
    file = tmp_path / "chooser.sv"
    file.write_text(CHOOSER)
    build(tmp_path)
    with Searcher(tmp_path / ".hdlsmith") as opened:
        asked = Query("grants one requester", (Kind.MODULE,))
        assert not opened.search(asked)[0].places[0].stale
        file.write_text(CHOOSER.replace("module chooser", "\nmodule selector"))
        os.utime(file, ns=(1, 1))
        old = opened.search(asked)[0]
        assert (old.name, old.places[0].stale) == ("chooser", True)
        update(tmp_path / ".hdlsmith")
        new = opened.search(asked)[0]
        assert (new.name, new.places[0].stale) == ("selector", False)


def test_an_index_is_held_for_a_question(tmp_path: Path) -> None:
    file = tmp_path / "chooser.sv"
    file.write_text(CHOOSER)
    build(tmp_path)
    asked = Query("grants one requester", (Kind.MODULE,))
    with Searcher(tmp_path / ".hdlsmith") as opened:
        with opened.held():
            found = opened.found(asked)
            file.write_text(CHOOSER.replace("module chooser", "\nmodule selector"))
            update(tmp_path / ".hdlsmith")
            assert [one.name for one in opened.search(asked)] == ["chooser"]
            assert opened.found(asked)["around"].scores == found["around"].scores
        file.write_text(CHOOSER)
        update(tmp_path / ".hdlsmith")
        (evidence,) = gather(opened, asked)
        assert (evidence.name, evidence.places[0].stale) == ("chooser", False)


def test_a_module_of_vhdl_is_searched_with_an_architecture_in_another_file(tmp_path: Path) -> None:
    (tmp_path / "entity.vhd").write_text("entity Lamp is port (clk : in bit); end;\n")
    (tmp_path / "body.vhd").write_text(
        "architecture rtl of lamp is signal lit : bit; begin\n"
        "  process (clk) begin if clk = '1' then lit <= not lit; end if; end process;\nend;\n"
    )
    build(tmp_path)
    with Searcher(tmp_path / ".hdlsmith") as opened:
        found = opened.search(Query("clk lit", module="LAMP"))
    assert {(one.kind, one.name) for one in found} >= {(Kind.PORT, "clk"), (Kind.SIGNAL, "lit")}
    assert Kind.PROCESS in {one.kind for one in found}


def test_without_words_names_and_code_are_searched(tmp_path: Path) -> None:
    (tmp_path / "queue.sv").write_text(QUEUE)
    build(tmp_path, with_words=False)
    with Searcher(tmp_path / ".hdlsmith") as opened:
        assert first(opened, "occupancy", "module").name == "queue"
        assert first(opened, "wr_ptr_q", "signal").name == "wr_ptr_q"
        assert first(opened, "push", "port").name == "push_i"


def test_a_question_is_taken_apart() -> None:
    terms = terms_of("The wrPtr_q of u_fifo.wr_en counts, counted; counting 32 bits")
    assert terms.names == ("wrPtr_q", "u_fifo", "wr_en")
    assert {"wr", "write", "ptr", "pointer", "fifo", "counts"} <= set(terms.words)
    assert "the" not in terms.words
    assert len({stem(word) for word in ("count", "counts", "counted", "counting")}) == 1
