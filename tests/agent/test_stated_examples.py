"""Tables, maps and waveforms of a request: read where they are plain, and held against designs."""

import time

import pytest

from hdlsmith.agent.interface import clock_of
from hdlsmith.agent.port_lists import listed_ports, name_in
from hdlsmith.agent.solve import solve
from hdlsmith.agent.state import Plan, Task, Verdict
from hdlsmith.agent.stated.by_rule import by_rule
from hdlsmith.agent.stated.check import check, examples_in
from hdlsmith.agent.stated.checked import Checked
from hdlsmith.agent.stated.encodings import codes_in
from hdlsmith.agent.stated.machines import machine_in
from hdlsmith.design import Design, Direction, Port, SourceFile
from hdlsmith.languages import Language
from hdlsmith.sandbox.cage import make_cage
from hdlsmith.sandbox.simulation.icarus import Icarus
from hdlsmith.settings import load_settings

from .conftest import MakeBench

A, B, C = (Port(name, Direction.INPUT) for name in "abc")
Y = Port("y", Direction.OUTPUT)
MAJORITY = """A majority voter as a module named voter.

- input a
- input b
- input c
- output y

{table}
"""
BLANKS = """  a b c y
  0 0 0 0
  0 0 1 0
  0 1 0 0
  0 1 1 1
  1 0 0 0
  1 0 1 1
  1 1 0 1
  1 1 1 1
"""
MARKDOWN = "| a | b | c | y |\n|---|:-:|---|---|\n" + "".join(
    f"| {row.strip().replace(' ', ' | ')} |\n" for row in BLANKS.splitlines()[1:]
)
WILDCARDS = """a | b | c | y
0 | 0 | - | 0
1 | 1 | - | 1
0 | 1 | 0 | 0
0 | 1 | 1 | 1
1 | 0 | 0 | 0
1 | 0 | 1 | 1
"""
MAP = """        bc
  a   00  01  11  10
  0 |  0 | 0 | 1 | 0 |
  1 |  0 | 1 | 1 | d |
"""
CORNER = """| a\\bc | 00 | 01 | 11 | 10 |
|------|----|----|----|----|
| 0    | 0  | 0  | 1  | 0  |
| 1    | 0  | 1  | 1  | 1  |
"""
COUNTER = """A counter, module named cnt:
- input clk
- input up
- output q (4 bits)

  time   clk  up  q
  0 ns   0    1   x
"""


def voter(table: str) -> Plan:
    request = MAJORITY.format(table=table)
    return Plan(name_in(request), listed_ports(request), binding=True)


@pytest.fixture(scope="module")
def icarus() -> Icarus:
    settings = load_settings({"sandbox": {"cpu_s": 2}})
    return Icarus.find(settings, make_cage(settings.sandbox))


def design(text: str, top: str) -> Design:
    return Design((SourceFile(f"{top}.sv", text, Language.SYSTEMVERILOG),), top)


def held(request: str, text: str, top: str, icarus: Icarus) -> Checked:
    ports = listed_ports(request)
    found = check(design(text, top), examples_in(request, top, ports), icarus)
    assert found
    return found


@pytest.mark.tool("iverilog")
@pytest.mark.parametrize("table", [BLANKS, MARKDOWN, WILDCARDS, MAP, CORNER])
def test_a_whole_table_is_a_design(table: str, icarus: Icarus) -> None:
    made = by_rule(MAJORITY.format(table=table), voter(table))
    assert made
    request = MAJORITY.format(table=BLANKS)
    found = held(request, made.text, "voter", icarus)
    assert found.wrong == (1 if table is MAP else 0)  # the map leaves a=1, b=1, c=0 open


@pytest.mark.tool("iverilog")
def test_a_design_that_contradicts_a_table_is_told_where(icarus: Icarus) -> None:
    text = "module voter(input a, b, c, output y); assign y = a & b | a & c; endmodule"
    found = held(MAJORITY.format(table=BLANKS), text, "voter", icarus)
    assert (found.rows, found.wrong) == (8, 1)
    assert found.said == "truth table of the request: 1 of 8 rows contradicted, row 4 first"


@pytest.mark.parametrize(
    "table",
    [
        BLANKS.replace("  1 1 0 1\n", ""),  # a row is missing
        BLANKS + "  1 1 1 0\n",  # two rows differ
        BLANKS.replace("a b c y", "a b e y"),  # speaks of a port that there isn't
        BLANKS.replace("a b c y", "a b b y"),
        BLANKS.replace("0 1 1 1", "0 1 1 maybe"),
        MAP.replace("| 1 | d |", "| 1 |"),
        MAP.replace("  a  ", "  e  "),
        BLANKS.replace("a b c y", "a b y c"),  # y is no input
        "a b y\n0 0 0\n0 1 1\n1 0 1\n1 1 0\n",  # and what of c?
        "Module Inner does this:\n" + BLANKS,
        "The output is the opposite of\n" + BLANKS,
        "",
    ],
)
def test_what_is_not_whole_or_not_plain_makes_no_design(table: str) -> None:
    assert by_rule(MAJORITY.format(table=table), voter(table)) is None


def test_the_base_of_wide_columns_is_never_guessed() -> None:
    ports = (Port("n", Direction.INPUT, 8), Port("m", Direction.OUTPUT, 8))
    assert not examples_in("n m\n10 20\n12 24\n", "double", ports)
    (hexadecimal,) = examples_in("n m\n0a 14\n0c 18\n", "double", ports)
    assert hexadecimal.rows[0].cells[1][1] == "00010100"
    (literal,) = examples_in("n | m\n8'd10 | 8'd20\n8'h0c | 24\n", "double", ports) or (None,)
    assert literal is None  # one of them has no base
    (binary,) = examples_in("n m\n00000001 00000010\n00000010 00000100\n", "double", ports)
    assert binary.rows[1].cells[0][1] == "00000010"


@pytest.mark.parametrize(
    "table",
    [
        "s | q[7:4]\n0 | 1\n1 | 3\n2 | 7\n3 | f\n",  # and q[3:0]?
        "s | q\n0 | a\n1 | -1\n2 | 7\n3 | f\n",
        "s[1:0] | q[3:0]\n0 | 1\n1 | 3\n2 | 7\n3 | f\n",
    ],
)
def test_parts_of_vectors_and_signs_are_not_read_as_something_else(table: str) -> None:
    ports = (Port("s", Direction.INPUT, 2), Port("q", Direction.OUTPUT, 8))
    assert not examples_in(table, "decoder", ports)
    assert by_rule(table, Plan("decoder", ports, binding=True)) is None
    whole = table.replace("[7:4]", "[7:0]").replace("[3:0]", "").replace("-1", "1")
    assert by_rule(whole, Plan("decoder", ports, binding=True))


def test_bits_of_a_vector_that_counts_upwards_are_left_to_the_model() -> None:
    ports = (Port("x", Direction.INPUT, 2), Y)
    table = "x[0] x[1] y\n0 0 0\n0 1 1\n1 0 0\n1 1 0\n"
    assert by_rule("module m(input [1:0] x, output y);\n" + table, Plan("m", ports, True))
    for header in ("input [0:1] x", "input logic [2:1] x"):
        request = f"module m({header}, output y);\n{table}"
        assert by_rule(request, Plan("m", ports, True)) is None
        assert not examples_in(request, "m", ports)


def test_a_clock_by_another_name_makes_no_gate() -> None:
    ports = (
        Port("clk_a", Direction.INPUT),
        Port("d", Direction.INPUT),
        Port("q", Direction.OUTPUT),
    )
    wave = "time clk_a d q\n0ns 0 0 0\n5ns 1 0 0\n10ns 0 1 0\n15ns 1 1 1\n"
    assert not examples_in(wave, "ff", ports)


@pytest.mark.parametrize(
    "text",
    [
        " " * 50_000 + "x",
        "A " + "-" * 50_000 + "> B",
        "a" * 50_000 + "\nx 00 01\n0 0 1\n1 1 0\n",
        "".join(f"S{n} --a=1--> S{n + 1}\n" for n in range(4_000)),
        "a\n" * 50_000,
        "Inputs:\na" + "*" * 50_000,
        "input" + " " * 50_000 + "x",
        "A=" + "0" * 50_000,
    ],
)
def test_no_text_takes_minutes(text: str) -> None:
    began = time.process_time()
    listed_ports(text)
    machine_in(text, (A, B, Y))
    examples_in(text, "m", (A, B, Y))
    codes_in(text, ["A", "B"], 2)
    assert time.process_time() - began < 2


WAVE = "".join(
    f"  {5 * n} ns  {n % 2}  {int(n < 6)}  {q}\n"
    for n, q in enumerate(["x", "x", "x", "x", "x", "x", "x", "5", "5", "5", "5"])
)


@pytest.mark.tool("iverilog")
@pytest.mark.parametrize(
    ("update", "wrong"), [("q <= up ? 4'd5 : q", 0), ("q <= up ? 4'd6 : q", 4), ("q <= q + up", 4)]
)
def test_a_waveform_is_walked_through_in_order(update: str, wrong: int, icarus: Icarus) -> None:
    table = WAVE.replace(" ns", "ns")
    request = COUNTER.replace("0 ns   0    1   x\n", "").replace("clk  up  q", "clk up q") + table
    text = (
        f"module cnt(input clk, up, output reg [3:0] q); always @(posedge clk) {update}; endmodule"
    )
    found = held(request, text, "cnt", icarus)
    assert (found.rows, found.wrong) == (11, wrong)
    plan = Plan("cnt", listed_ports(request), binding=True, clock="clk")
    assert by_rule(request, plan) is None  # no table of all that a register does


@pytest.mark.tool("iverilog")
@pytest.mark.parametrize("early", [True, False])
def test_either_reading_of_an_edge_suits(early: bool, icarus: Icarus) -> None:
    """A flip-flop that shows the new or the old value of data that change at the edge."""
    rows = ["0ns 0 0 x", "5ns 1 0 0", "10ns 0 0 0", f"15ns 1 1 {int(early)}"]
    request = "Module name: ff\n- input clk\n- input d\n- output q\ntime clk d q\n" + "\n".join(
        rows
    )
    assert name_in(request) == "ff"
    assert clock_of(listed_ports(request)) == "clk"
    text = "module ff(input clk, d, output reg q); always @(posedge clk) q <= d; endmodule"
    assert held(request, text, "ff", icarus).wrong == 0


@pytest.mark.tool("iverilog")
def test_a_table_is_answered_without_a_model(bench: MakeBench) -> None:
    made = bench([])
    answer = solve(Task(MAJORITY.format(table=BLANKS)), made.deps)
    assert answer.verdict is Verdict.UNVERIFIED  # nobody gave a testbench
    assert answer.attempts[0].origin == "the truth table of the request, 8 rows"
    assert "simulated: truth table of the request: all 8 rows hold" in answer.evidence
    assert not made.model.requests


@pytest.mark.tool("iverilog")
def test_a_design_that_contradicts_the_request_is_sent_back(bench: MakeBench) -> None:
    table = BLANKS.replace("  1 1 0 1\n", "")
    ports = "input a, b, c, output y"
    replies = [
        f"module voter({ports}); assign y = {e}; endmodule" for e in ("a & b", "a&b|a&c|b&c")
    ]
    made = bench(replies)
    answer = solve(Task(MAJORITY.format(table=table)), made.deps)
    assert answer.chosen == 2
    asked = made.model.requests[-1].messages[-1].content
    assert "truth table of the request: 2 of 7 rows contradicted, row 4 first" in asked
