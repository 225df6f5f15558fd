"""State machines of a request: what is read, what is refused, and what is made of them."""

import pytest

from hdlsmith.agent.consensus.stimuli import stimuli_for
from hdlsmith.agent.consensus.together import Behaviour, simulate_together
from hdlsmith.agent.interface import clock_of, reset_of, reset_style
from hdlsmith.agent.port_lists import listed_ports
from hdlsmith.agent.state import Plan
from hdlsmith.agent.stated.by_rule import by_rule
from hdlsmith.agent.stated.machines import machine_in
from hdlsmith.design import Design, SourceFile
from hdlsmith.languages import Language
from hdlsmith.sandbox.cage import make_cage
from hdlsmith.sandbox.simulation.icarus import Icarus
from hdlsmith.settings import load_settings

PORTS = "- input clk\n- input rst_n\n- input go\n- output busy\n"
RESET = "An asynchronous active-low reset rst_n goes to state IDLE.\n"
ARROWS = """
  IDLE (busy=0) --go=1--> RUN
  IDLE (busy=0) --go=0--> IDLE
  RUN  (busy=1) --go=1--> LAST
  RUN  (busy=1) --go=0--> RUN
  LAST (busy=1) --go=0--> IDLE
  LAST (busy=1) --go=1--> LAST
"""
BARE = ARROWS.replace("busy=", "").replace("go=", "")
TABLE = """
  state | next state go=0, next state go=1 | busy
  IDLE  | IDLE, RUN                        | 0
  RUN   | RUN, LAST                        | 1
  LAST  | IDLE, LAST                       | 1
"""
MARKDOWN = """
| Present state | Next state (go=0) | Next state (go=1) | Output |
|---------------|-------------------|-------------------|--------|
| IDLE          | IDLE              | RUN               | 0      |
| RUN           | RUN               | LAST              | 1      |
| LAST          | IDLE              | LAST              | 1      |
"""
REFERENCE = """module top(input clk, rst_n, go, output busy);
  reg [1:0] s;
  assign busy = s != 0;
  always @(posedge clk or negedge rst_n)
    if (!rst_n) s <= 0;
    else case (s)
      0: s <= go ? 1 : 0;
      1: s <= go ? 2 : 1;
      default: s <= go ? 2 : 0;
    endcase
endmodule
"""
MEALY = """- input clk
- input reset
- input x
- output z

Synchronous reset to A.
  A -> B : x=1
  A -> A : x=0
  B -> A : x=1
  B -> B : x=0
"""


@pytest.fixture(scope="module")
def icarus() -> Icarus:
    settings = load_settings({"sandbox": {"cpu_s": 2}})
    return Icarus.find(settings, make_cage(settings.sandbox))


def plan_of(request: str) -> Plan:
    ports = listed_ports(request)
    style = reset_style(request)
    return Plan("top", ports, True, clock_of(ports), reset_of(ports), style)


def alike(one: str, other: str, request: str, icarus: Icarus) -> bool:
    designs = [
        Design((SourceFile("top.sv", text, Language.SYSTEMVERILOG),), "top")
        for text in (one, other)
    ]
    shown = simulate_together(designs, stimuli_for(listed_ports(request)), icarus)
    traces = [s.samples[8:] for s in shown if isinstance(s, Behaviour)]
    assert len(traces) == 2, shown
    return traces[0] == traces[1]


@pytest.mark.tool("iverilog")
@pytest.mark.parametrize("notation", [ARROWS, BARE, TABLE, MARKDOWN])
def test_every_notation_makes_the_same_machine(notation: str, icarus: Icarus) -> None:
    request = PORTS + RESET + notation
    made = by_rule(request, plan_of(request))
    assert made
    assert made.because == "the state machine of the request, 3 states"
    assert alike(made.text, REFERENCE, request, icarus)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("LAST (busy=1) --go=1--> LAST", "LAST (busy=1) --go=1--> GONE"),  # not a state
        ("RUN  (busy=1) --go=0--> RUN", "RUN  (busy=1) --go=1--> RUN"),  # two ways
        ("go=0--> IDLE\n  RUN", "stop=0--> IDLE\n  RUN"),  # not a port
        ("RUN  (busy=1) --go=1", "RUN  (busy=0) --go=1"),  # two outputs
        ("busy=", "done="),
        ("go=1--> RUN", "maybe--> RUN"),
        ("go=1--> RUN", "go=1 for 3 cycles--> RUN"),
        ("go=1--> RUN", "go=1 or busy=1--> RUN"),
        ("go=1--> RUN", "busy=1--> RUN"),  # an output is no condition
        (ARROWS, ARROWS + "  LAST (busy=1) --" + "go=1 " * 50 + "--> LAST\n"),
        (ARROWS, ARROWS + "The output is registered.\n"),
        (ARROWS, ARROWS + "It does so while rst_n is high.  When rst_n is 1 it is in reset.\n"),
        (ARROWS, ARROWS + "\nLAST is the initial state.\n"),  # not IDLE?
    ],
)
def test_what_is_not_plain_is_left_to_the_model(old: str, new: str) -> None:
    assert old in ARROWS
    request = PORTS + RESET + ARROWS.replace(old, new)
    assert by_rule(request, plan_of(request)) is None


@pytest.mark.parametrize("more", ["- input abort\n", "- output err\n"])
def test_a_port_outside_the_machine_is_left_to_the_model(more: str) -> None:
    request = PORTS + more + RESET + ARROWS
    assert machine_in(request, listed_ports(request))
    assert by_rule(request, plan_of(request)) is None


def test_a_falling_edge_is_left_to_the_model() -> None:
    request = PORTS + RESET + "It works on the falling edge of clk.\n" + ARROWS
    assert by_rule(request, plan_of(request)) is None


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("| 1\n  LAST", "| 10\n  LAST"),  # two bits, or ten
        ("  LAST  | IDLE", "  RUN   | RUN, LAST | 0\n  LAST  | IDLE"),  # two outputs
    ],
)
def test_a_table_that_is_not_plain_is_left_to_the_model(old: str, new: str) -> None:
    assert old in TABLE
    request = PORTS + RESET + TABLE.replace(old, new)
    assert by_rule(request, plan_of(request)) is None


def test_the_level_of_a_reset_is_not_that_of_an_output() -> None:
    ports = PORTS.replace("rst_n", "rst")
    request = ports + "Reset goes to state IDLE. The output busy is active-low.\n" + ARROWS
    made = by_rule(request, plan_of(request))
    assert made
    assert "if (rst) state" in made.text


def test_a_reset_whose_state_nobody_says_goes_to_the_first_and_says_so() -> None:
    request = PORTS + ARROWS
    made = by_rule(request, plan_of(request))
    assert made
    assert made.because.endswith("; it is taken to start in IDLE, listed first")
    assert by_rule(f"After reset, LAST comes first.\n\n{request}", plan_of(request)) is None


def test_the_reset_state_is_read() -> None:
    said = [
        "The reset is a synchronous one, idle is not last: reset to LAST.",
        "From RUN one gets to LAST, which is the initial state.",
        "Reset takes it to state LAST.",
        "The reset state is LAST.",
        "rst_n resets into LAST.",
        "LAST is the initial state.",
    ]
    for sentence in said:
        request = PORTS + sentence + ARROWS
        machine = machine_in(request, listed_ports(request))
        assert machine is not None
        assert machine.reset == "LAST", sentence


@pytest.mark.tool("iverilog")
def test_a_mealy_machine_puts_out_on_its_arrows(icarus: Icarus) -> None:
    request = (
        MEALY.replace(" : x", ' [label="x').replace("=1\n", '=1"]\n').replace("=0\n", '=0"]\n')
    )
    machine = machine_in(request, listed_ports(request))
    assert machine
    assert machine.states == ("A", "B")
    assert by_rule(request, plan_of(request)) is None  # nothing says what z is
    request = MEALY.split("  A ->")[0] + (
        "A --x=0 (z=0)--> A\nA --x=1 (z=1)--> B\nB --x=0 (z=1)--> B\nB --x=1 (z=0)--> A\n"
    )
    made = by_rule(request, plan_of(request))
    assert made
    parity = """module top(input clk, reset, x, output z); reg s; assign z = x ^ s;
      always @(posedge clk) s <= reset ? 0 : s ^ x; endmodule"""
    assert alike(made.text, parity, request, icarus)


COMBINATIONAL = (
    """- input go
- input s (3 bits)
- output nxt (3 bits)
- output busy

Only the logic, {codes}.
"""
    + TABLE
)


@pytest.mark.tool("iverilog")
def test_next_state_logic_takes_the_stated_codes(icarus: Icarus) -> None:
    one_hot = COMBINATIONAL.format(codes="one-hot: IDLE=3'b001, RUN=3'b010, LAST=3'b100")
    made = by_rule(one_hot, plan_of(one_hot))
    assert made
    by_bits = """module top(input go, input [2:0] s, output [2:0] nxt, output busy);
      assign nxt[0] = s[0] & ~go | s[2] & ~go, nxt[1] = s[0] & go | s[1] & ~go;
      assign nxt[2] = (s[1] | s[2]) & go, busy = s[1] | s[2]; endmodule"""
    assert alike(made.text, by_bits, one_hot, icarus)
    binary = COMBINATIONAL.format(codes="with 000(IDLE), 001(RUN), 011(LAST)")
    made = by_rule(binary, plan_of(binary))
    assert made
    assert "3'b011: begin" in made.text
    assert by_rule(COMBINATIONAL.format(codes="any codes"), plan_of(binary)) is None
