"""`hdlsmith trace`: what it prints, writes and refuses."""

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import networkx
import pytest
from typer.testing import CliRunner, Result

from hdlsmith.cli import app
from hdlsmith.errors import InputError
from hdlsmith.retrieval.structure.names import find_module, find_value
from hdlsmith.retrieval.structure.netlist import Netlist
from tests.retrieval.conftest import IndexOf

PAIR = {
    "pair.sv": """\
module pair(input logic clk, en, a, output logic y, output logic open);
  keep u_keep (.clk, .en, .d(a), .q(y));
endmodule
module keep(input logic clk, en, d, output logic q);
  always_ff @(posedge clk) begin
    if (en) q <= d; // held else
  end
endmodule
"""
}

HOSTILE = r"""
module m(input a, output y);
  \</script><script>alert(1)</script> \"];x->y[label="&&lt; (.a(a), .y(y));
endmodule
module \</script><script>alert(1)</script> (input a, output y);
  assign y = a; /* </code><script>alert(2)</script> "];n1->n2 */
endmodule
"""


def _run(folder: Path, *arguments: str) -> Result:
    return CliRunner().invoke(app, ["trace", *arguments, "--index", str(folder)])


def test_it_prints_drivers_with_places_conditions_and_edges(index_of: IndexOf) -> None:
    shown = _run(index_of(PAIR).folder, "y", "--module", "pair")
    assert shown.exit_code == 0
    assert (
        shown.stdout
        == """\
output logic y  pair.sv:1 in pair
  port q of u_keep (keep)  pair.sv:2
    output logic q  pair.sv:4 in pair.u_keep
      if (en) q <= d;  pair.sv:6 at posedge if en
        input logic en  pair.sv:4
          port en of u_keep (keep)  pair.sv:2
            input logic en  pair.sv:1 in pair
        input logic d  pair.sv:4
          port d of u_keep (keep)  pair.sv:2
            input logic a  pair.sv:1 in pair
"""
    )
    assert shown.stderr == "5 signals, elaborated from pair\n"


def test_json_has_every_step(index_of: IndexOf) -> None:
    shown = _run(index_of(PAIR).folder, "d", "--module", "keep", "--fan-out", "--json")
    record = json.loads(shown.stdout)
    assert (record["walk"], record["top"], record["truncated"]) == ("fan-out", "pair", False)
    process = next(step for step in record["steps"] if step["kind"] == "process")
    assert process["place"] == "pair.sv:6"
    assert (process["clock_edge"], process["condition"]) == ("posedge", "en")
    assert (process["path"], process["origin"], process["elaborated"]) == ("pair.u_keep", 0, True)
    assert record["steps"][-1]["name"] == "y"


def test_nothing_found_is_exit_code_one(index_of: IndexOf) -> None:
    assert _run(index_of(PAIR).folder, "open", "--module", "pair").exit_code == 1


@pytest.mark.parametrize(
    ("signal", "module", "message", "remedy"),
    [
        ("y", "pare", "no module called 'pare' in the index", "did you mean pair?"),
        ("yy", "pair", "no port, signal or parameter 'yy' in pair", "did you mean y?"),
        ("u_kep.q", "pair", "no instance 'u_kep' in pair", "did you mean u_keep?"),
        ("q", "", "in which module is q?", "--module NAME, or TOP.u_core.q"),
        ("u_box.z", "pair.x", "no module called 'pair.x' in the index", "did you mean pair?"),
    ],
)
def test_a_wrong_name_gets_the_nearest(
    index_of: IndexOf, signal: str, module: str, message: str, remedy: str
) -> None:
    with pytest.raises(InputError) as caught:
        find_value(Netlist(index_of(PAIR)), signal, module)
    assert (caught.value.message, caught.value.remedy) == (message, remedy)


def test_of_several_modules_a_path_picks_one(index_of: IndexOf) -> None:
    index = index_of(
        {
            "one/m.v": "module m(output y);\nassign y = 1;\nendmodule",
            "two/m.v": "module m(output y);\nassign y = 0;\nendmodule",
            "tb/m.v": "module m(output y);\nendmodule",
        }
    )
    with pytest.raises(InputError) as caught:
        find_module(index, "m")
    assert "one/m.v:1" in caught.value.remedy
    assert "two/m.v:1" in caught.value.remedy
    shown = _run(index.folder, "y", "--module", "m", "--path", "two/")
    assert "assign y = 0;  two/m.v:2" in shown.stdout


def test_graph_files_can_be_read_back(index_of: IndexOf, tmp_path: Path) -> None:
    dot, graphml = tmp_path / "cone.dot", tmp_path / "cone.graphml"
    folder = index_of(PAIR).folder
    _run(folder, "y", "--module", "pair", "--dot", str(dot), "--graphml", str(graphml))
    graph = networkx.read_graphml(graphml)
    ends = {(graph.nodes[a]["name"], graph.nodes[b]["name"]) for a, b in graph.edges}
    assert {("d", ""), ("", "q"), ("q", "u_keep"), ("u_keep", "y")} <= ends
    assert '[label="output logic y", tooltip="pair.sv:1"];' in dot.read_text()


def test_hostile_names_stay_text_in_every_format(index_of: IndexOf, tmp_path: Path) -> None:
    folder = index_of({"m.sv": HOSTILE}).folder
    page, dot, graphml = (tmp_path / f"cone.{kind}" for kind in ("html", "dot", "graphml"))
    outputs = ["--html", str(page), "--dot", str(dot), "--graphml", str(graphml)]
    shown = _run(folder, "y", "--module", "m", *outputs)
    assert shown.exit_code == 0, shown.output
    assert "alert(1)" in shown.stdout

    tags = _Tags()
    tags.feed(page.read_text())
    assert "script" not in tags.seen
    assert "&lt;script&gt;alert(2)" in page.read_text()
    assert not re.search("https?:", page.read_text())
    nodes = networkx.read_graphml(graphml).nodes(data=True)
    assert '"];x->y[label="&&lt;' in {said["name"] for _, said in nodes}
    outside_quotes = re.sub(r'"(?:[^"\\]|\\.)*"', "", dot.read_text())
    assert len(re.findall(r"^  n\d+ \[", outside_quotes, re.MULTILINE)) == len(nodes)
    assert set(re.findall(r"[a-z]{2,}", outside_quotes)) == {
        "digraph", "hdlsmith", "node", "shape", "box", "fontname", "label", "tooltip",
    }  # fmt: skip


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.seen: set[str] = set()

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.seen.add(tag)


def test_a_clock_domain_lists_what_the_same_net_clocks(index_of: IndexOf) -> None:
    folder = index_of(PAIR).folder
    shown = _run(folder, "q", "--module", "keep", "--clock-domain")
    assert shown.stdout == "q  pair.sv:4\n"
    assert shown.stderr == "1 value, on clock clk\n"
    record = json.loads(_run(folder, "q", "--module", "keep", "--clock-domain", "--json").stdout)
    assert ["clk", "pair.sv:1"] in record["clocks"]
    assert _run(folder, "a", "--module", "pair", "--clock-domain").exit_code == 1
