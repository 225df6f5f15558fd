"""A model's answer as edits: found again whatever the blanks, refused where it does not apply."""

import json

import pytest

from hdlsmith.agent.debugging.edits import Proposed, RefusedError, Replacement, apply, parse, schema
from hdlsmith.agent.debugging.listing import listings
from hdlsmith.agent.debugging.tampering import changed_ports, muted, tampering
from hdlsmith.agent.localising.localisation import Suspect
from hdlsmith.design import Design
from tests.agent.debug_inputs import COUNTER, FIFO, TOLD, design, source

TEXT = """module m (input a, b, output y, z);
  assign y = a & b;
  assign z = a & b;
endmodule
"""


def changed(old: str, new: str, line: int = 1, text: str = TEXT) -> str:
    return apply(design(text), Proposed("", (Replacement("dut.sv", line, old, new),))).text


@pytest.mark.parametrize(
    ("line", "old", "new", "right"),
    [
        (2, "a & b", "a | b", TEXT.replace("y = a & b", "y = a | b")),
        (3, "a & b", "a | b", TEXT.replace("z = a & b", "z = a | b")),
        (9, "a&b", "a | b", TEXT.replace("z = a & b", "z = a | b")),
        (2, "  assign   y = a\n& b;", "assign y = b;", TEXT.replace("y = a & b", "y = b")),
        (3, "   3  assign z = a & b;", "   3  assign z = b;", TEXT.replace("z = a & b", "z = b")),
        (2, "assign y = a & b;", "", TEXT.replace("assign y = a & b;", "")),
    ],
)
def test_an_edit_finds_its_place(line: int, old: str, new: str, right: str) -> None:
    assert changed(old, new, line) == right


def test_words_are_whole_words() -> None:
    text = "module m (input a, data_a, output y); assign y = data_a ^ a; endmodule\n"
    assert "y = data_a ^ ~a" in changed("a;", "~a;", text=text)
    with pytest.raises(RefusedError, match="does not stand in"):
        changed("dat", "x", text=text)


def test_edits_of_several_files_are_made_together_or_not_at_all() -> None:
    both = Design((source("a.sv", TEXT), source("b.sv", TEXT.replace("module m", "module n"))))
    edits = (Replacement("a.sv", 2, "a & b", "a"), Replacement("b.sv", 3, "a & b", "b"))
    made = apply(both, Proposed("", edits))
    assert [file.text.count("a & b") for file in made.files] == [1, 1]
    with pytest.raises(RefusedError, match=r"c\.sv is not under test"):
        apply(both, Proposed("", (*edits, Replacement("c.sv", 1, "a", "b"))))
    with pytest.raises(RefusedError, match="overlap"):
        apply(both, Proposed("", (edits[0], Replacement("a.sv", 2, "y = a", "y = b"))))


def test_the_schema_names_the_files_and_an_answer_may_be_fenced() -> None:
    asked = schema(design(TEXT))
    assert json.dumps(asked).count('"dut.sv"') == 1
    said = '{"cause": "x", "edits": [{"path": "dut.sv", "line": 2, "old": "a", "new": "b"}]}'
    found = parse(f"```json\n{said}\n```")
    assert found == Proposed("x", (Replacement("dut.sv", 2, "a", "b"),))


def test_a_number_alone_is_code() -> None:
    assert changed("7", "6", 2, TEXT.replace("a & b", "7")).count("7") == 1


def test_a_large_design_is_shown_around_the_suspects() -> None:
    long = TEXT.replace("endmodule", "\n".join(f"  wire w{n};" for n in range(500)) + "\nendmodule")
    (shown,) = listings(design(long), [Suspect("dut.sv", 300, 1.0, "", "")])
    assert " 300  " in shown.numbered
    assert "   1  module m" in shown.numbered
    assert shown.numbered.count("\n") < 40
    (whole,) = listings(design(TEXT), [])
    assert whole.numbered.splitlines()[-1] == "   4  endmodule"


def test_what_the_design_did_already_is_no_tampering() -> None:
    talking = FIFO.replace("endmodule", 'always @(posedge clk) $display("%b", full);\nendmodule')
    mended = talking.replace("tail + 1", "tail + 2")
    tb = (source("tb.sv", TOLD),)
    assert tampering(design(talking), design(mended), tb) == ""
    louder = talking.replace('"%b", full', '"PASS: 9 checks"')
    assert "could forge" in tampering(design(talking), design(louder), tb)
    assert "$display" not in muted(design(talking)).text
    named = FIFO.replace("push && !full", "push && !want")
    assert tampering(design(FIFO), design(named), tb) == ""  # a variable is no scope


def test_the_time_of_the_testbench_is_not_the_designs() -> None:
    scaled = design(f"`timescale 1ns/1ps\n{COUNTER}")
    rounded = design(f"`timescale 1ns/1ns\n{COUNTER}")
    assert "changes `timescale" in tampering(scaled, rounded, ())


def test_ports_of_inner_modules_may_change() -> None:
    outer = "module top (input a, output y); inner i (.a(a), .y(y)); endmodule\n"
    inner = "module inner (input a, output y); assign y = a; endmodule\n"
    wider = inner.replace("input a", "input a, input en = 1")
    assert changed_ports(design(outer + inner), design(outer + wider), ()) == ""
    narrower = (outer + inner).replace("module top (input a", "module top (input [1:0] a")
    assert changed_ports(design(outer + inner), design(narrower), ()) == (
        "the ports of top must stay: a"
    )
