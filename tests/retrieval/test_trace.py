"""Elaborated traces: generates, parameters and instances resolved; and where they can't be."""

import json
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from itertools import pairwise
from pathlib import Path

import pytest

from hdlsmith.retrieval.nodes import Kind
from hdlsmith.retrieval.store.index import Index
from hdlsmith.retrieval.structure.cone import Walk
from hdlsmith.retrieval.structure.elaborate import ask, request_of
from hdlsmith.retrieval.structure.names import find_value
from hdlsmith.retrieval.structure.netlist import Netlist
from hdlsmith.retrieval.structure.slang_child import Request, Text
from hdlsmith.retrieval.structure.trace import Trace, trace
from tests.retrieval.conftest import IndexOf

THREE_LEVELS = {
    "rtl/chip.sv": """\
`include "config.svh"
module chip import sizes::*; (
  input  logic clk, rst_n,
  input  word_t din,
  output word_t fast, slow
);
  stage #(.Fast(1)) u_fast (.clk, .rst_n, .din, .dout(fast));
  stage #(.Fast(`SLOW)) u_slow (.clk, .rst_n, .din, .dout(slow));
endmodule
""",
    "rtl/include/config.svh": "`define SLOW 0\n",
    "rtl/sizes.sv": "package sizes;\n  typedef logic [7:0] word_t;\nendpackage\n",
    "rtl/stage.sv": """\
module stage import sizes::*; #(parameter bit Fast = 0) (
  input  logic clk, rst_n,
  input  word_t din,
  output word_t dout
);
  word_t picked;
  if (Fast) begin : g_fast
    unit_fast u_unit (.in(din), .out(picked));
  end else begin : g_slow
    unit_slow u_unit (.clk, .in(din), .out(picked));
  end
  always_comb begin
    dout = picked;
    if (Fast) begin
      dout = ~picked;
    end
  end
endmodule
""",
    "rtl/units.sv": """\
module unit_fast import sizes::*; (input word_t in, output word_t out);
  assign out = in + 1;
endmodule
module unit_slow import sizes::*; (input logic clk, input word_t in, output word_t out);
  always_ff @(posedge clk) out <= in;
endmodule
""",
    "tb/chip_tb.sv": "module chip_tb;\n  logic clk;\n  chip dut (.clk(clk));\nendmodule\n",
}


def _trace(index: Index, signal: str, walk: Walk = Walk.FAN_IN, top: str = "") -> Trace:
    netlist = Netlist(index)
    return trace(netlist, find_value(netlist, signal), walk, 9, 1000, top)


def _statements(found: Trace) -> set[tuple[str, str]]:
    kinds = (Kind.ASSIGN, Kind.PROCESS)
    return {(row.place, row.text) for row in found.rows if row.kind in kinds}


def test_a_generate_block_that_is_left_out_drives_nothing(index_of: IndexOf) -> None:
    index = index_of(THREE_LEVELS)
    fast, slow = _trace(index, "chip.fast"), _trace(index, "chip.slow")
    assert _statements(fast) == {
        ("rtl/stage.sv:13", "dout = picked;"),
        ("rtl/stage.sv:15", "dout = ~picked;"),
        ("rtl/units.sv:2", "assign out = in + 1;"),
    }
    assert _statements(slow) == {
        ("rtl/stage.sv:13", "dout = picked;"),
        ("rtl/units.sv:5", "always_ff @(posedge clk) out <= in;"),
    }
    assert all(row.step.elaborated for row in (*fast.rows, *slow.rows))
    assert (fast.top, fast.note) == ("chip", "elaborated from chip")


def test_rows_tell_where_a_value_stands_and_through_which_port(index_of: IndexOf) -> None:
    rows = _trace(index_of(THREE_LEVELS), "chip.slow").rows
    out = next(row for row in rows if row.name == "out")
    assert out.step.path == "chip.u_slow.g_slow.u_unit"
    assert (out.step.port, out.module, out.place) == ("out", "unit_slow", "rtl/units.sv:4")
    through = rows[out.step.origin]
    assert (through.place, through.text) == (
        "rtl/stage.sv:10",
        "port out of u_unit (unit_slow)",
    )
    clocked = next(row for row in rows if row.step.clock_edge)
    assert (clocked.step.clock_edge, clocked.kind) == ("posedge", Kind.PROCESS)


def test_upwards_it_leaves_by_the_instance_asked_for(index_of: IndexOf) -> None:
    index = index_of(THREE_LEVELS)
    found = _trace(index, "chip.u_slow.g_slow.u_unit.in")
    assert [row.step.path for row in found.rows][-1] == "chip"
    loads = _trace(index, "chip.u_fast.din", Walk.FAN_OUT)
    assert {row.name for row in loads.rows} >= {"in", "out", "picked", "dout", "fast"}
    assert "slow" not in {row.name for row in loads.rows}


def test_a_parameter_has_the_value_that_its_instance_gives_it(index_of: IndexOf) -> None:
    index = index_of(
        {
            "m.sv": """\
module m(input logic a, output logic y);
  leaf #(.Step(3)) u (.a, .y);
endmodule
module leaf #(parameter int Step = 1, localparam int Twice = 2 * Step) (
  input logic a, output logic y
);
  assign y = a & Step[0] & Twice[1];
endmodule
"""
        }
    )
    texts = [row.text for row in _trace(index, "m.y").rows if row.kind is Kind.PARAMETER]
    assert texts == ["parameter int Step = 3", "localparam int Twice = 6"]
    assert _trace(index, "leaf.y", top="leaf").rows[3].text == "parameter int Step = 1"


def test_several_instances_are_named(index_of: IndexOf) -> None:
    found = _trace(index_of(THREE_LEVELS), "stage.dout")
    assert found.note == "elaborated from chip; also at chip.u_slow"


def test_a_top_may_be_chosen(index_of: IndexOf) -> None:
    found = _trace(index_of(THREE_LEVELS), "stage.dout", top="stage")
    assert ("rtl/units.sv:2", "assign out = in + 1;") not in _statements(found)
    assert found.top == "stage"


def test_missing_modules_and_packages_stop_nothing(index_of: IndexOf) -> None:
    files = {
        "m.sv": """\
module m(input logic a, output logic y);
  logic w;
  vendor_cell u_cell (.i(a), .o(w));
  if (lost_pkg::WIDE) begin : g_wide
    assign y = w;
  end else begin : g_narrow
    assign y = ~w;
  end
endmodule
"""
    }
    found = _trace(index_of(files), "m.y")
    assert _statements(found) == {("m.sv:5", "assign y = w;"), ("m.sv:7", "assign y = ~w;")}
    assert any(row.text == "port o of u_cell (vendor_cell)" for row in found.rows)
    assert found.note == "elaborated from m, with 2 errors"
    sure = {row.text: row.step.elaborated for row in found.rows}
    assert sure["output logic y"]
    assert not sure["assign y = w;"]


def test_a_part_that_one_turn_of_a_loop_keeps_is_kept(index_of: IndexOf) -> None:
    files = {
        "m.sv": """\
module m(input logic [3:0] a, output logic [3:0] y);
  for (genvar i = 0; i < 4; i++) begin : g
    if (i == 0) begin : g_first
      assign y[i] = a[i];
    end else if (i < 8) begin : g_rest
      assign y[i] = a[i] ^ a[i-1];
    end else begin : g_never
      assign y[i] = 1'b0;
    end
  end
endmodule
"""
    }
    assert {place for place, _ in _statements(_trace(index_of(files), "m.y"))} == {
        "m.sv:4",
        "m.sv:6",
    }


def test_copies_with_other_parameters_are_followed_apart(index_of: IndexOf) -> None:
    files = {
        "m.sv": """\
module m(input logic a, output logic [2:0] y);
  for (genvar i = 0; i < 3; i++) begin : g
    leaf #(.Inverted(i == 0)) u (.a(a), .y(y[i]));
  end
endmodule
module leaf #(parameter bit Inverted = 0) (input logic a, output logic y);
  if (Inverted) assign y = ~a; else assign y = a;
endmodule
"""
    }
    index = index_of(files)
    rows = _trace(index, "m.y").rows
    paths = [row.step.path for row in rows if row.kind is Kind.ASSIGN]
    assert paths == ["m.g[0].u", "m.g[1].u"]
    assert _trace(index, "m.u.y").note == "elaborated from m; also at m.g[1].u, m.g[2].u"
    assert _trace(index, "m.g[2].u.y").note == "elaborated from m"
    assert _trace(index, "m.g[2].u.y").rows[0].step.path == "m.g[2].u"


_TEN = "(), ".join(f"u{i}" for i in range(10))
HOSTILE: Mapping[str, str] = {
    "it instantiates itself": "module m(output logic y);\n  m u(.y(y));\nendmodule\n",
    "a constant that never ends": """\
module m(output logic y);
  function automatic int f(); while (1); return 1; endfunction
  localparam int N = f();
  assign y = N;
endmodule
""",
    "a generate loop without end": """\
module m(output logic y);
  for (genvar i = 0; i < 1; i = i) begin assign y = 1; end
endmodule
""",
    "instances beyond counting": f"module m(output logic y);\n  a {_TEN}();\nendmodule\n"
    + "".join(f"module {a};\n  {b} {_TEN}();\nendmodule\n" for a, b in pairwise("abcdef"))
    + "module f;\nendmodule\n",
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_design_brings_nothing_down(index_of: IndexOf, text: str) -> None:
    found = _trace(index_of({"m.sv": text}), "m.y")
    assert found.rows[0].name == "y"
    assert found.note


def test_a_design_that_brings_pyslang_down_is_said() -> None:
    long = f"module m(output y);\n  assign y = 1{'+1' * 200_000};\nendmodule\n"
    answer = ask(Request("m", (Text("m.sv", long),), {}))
    assert answer["instances"] == []
    assert answer["errors"][0].startswith("pyslang gave up (SIG")


def test_what_was_elaborated_once_is_kept(index_of: IndexOf) -> None:
    index = index_of(THREE_LEVELS)
    first = _trace(index, "chip.fast")
    (kept,) = (index.folder / "elaborated").iterdir()
    answer = json.loads(kept.read_text())
    kept.write_text(json.dumps(answer | {"errors": ["kept"], "error_count": 7}))
    assert _trace(index, "chip.fast").note == "elaborated from chip, with 7 errors"
    for damaged in ("{", "[]", '{"instances": [[]]}'):
        kept.write_text(damaged)
        assert _trace(index, "chip.fast") == first


def test_a_design_that_pyslang_gives_up_is_walked_by_names(index_of: IndexOf) -> None:
    index = index_of({"m.sv": "module m(input a, output y);\n  assign y = ~a;\nendmodule\n"})
    _trace(index, "m.y")
    (kept,) = (index.folder / "elaborated").iterdir()
    kept.write_text(json.dumps({"instances": [], "errors": ["pyslang gave up (SIGSEGV)"]}))
    found = _trace(index, "m.y")
    assert _statements(found) == {("m.sv:2", "assign y = ~a;")}
    assert found.note == "by names alone: m does not elaborate: pyslang gave up (SIGSEGV)"
    assert (found.top, any(row.step.elaborated for row in found.rows)) == ("", False)


@pytest.mark.parametrize("named", ["{outside}/secret.svh", "../secret.svh", "link.svh"])
def test_of_an_index_that_names_files_outside_the_root_none_is_read(
    index_of: IndexOf, tmp_path: Path, named: str
) -> None:
    (tmp_path / "secret.svh").write_text("`define WIDTH 8 // between us\n")
    path = named.format(outside=tmp_path)
    include = f'`include "{path.rpartition("/")[2]}"\n'
    index = index_of({"top.sv": f"{include}module top(output [`WIDTH:0] y); endmodule\n"})
    (index.root / "link.svh").symlink_to(tmp_path / "secret.svh")
    database = sqlite3.connect(index.folder / "index.sqlite")
    with closing(database), database:
        database.execute("INSERT INTO inclusion VALUES('top.sv', ?)", (path,))
    with Index(index.folder) as planted:
        assert planted.lenders("top.sv") == [path]
        source = planted.source_at("top.sv")
        assert source is not None
        assert "between us" not in repr(request_of(planted, "top", [source]))
