"""Designs simulated together: apart by name, hurt by none, each with a trace of its own."""

import pytest

from hdlsmith.agent.consensus.apart import apart
from hdlsmith.agent.consensus.stimuli import Stimuli, stimuli_for
from hdlsmith.agent.consensus.together import Behaviour, LeftOut, simulate_together
from hdlsmith.design import Design, Direction, Port, SourceFile
from hdlsmith.languages import Language
from hdlsmith.sandbox.cage import make_cage
from hdlsmith.sandbox.simulation.icarus import Icarus
from hdlsmith.settings import load_settings

pytestmark = pytest.mark.tool("iverilog")

PORTS = (
    Port("clk", Direction.INPUT),
    Port("rst", Direction.INPUT),
    Port("d", Direction.INPUT, 4),
    Port("q", Direction.OUTPUT, 4),
)
HEADER = "module acc (input clk, input rst, input [3:0] d, output reg [3:0] q);"
BODY = "always @(posedge clk) if (rst) q <= 0; else q <= q + d;"
GOOD = f"{HEADER} {BODY} endmodule"
SPLIT = """module acc (input clk, rst, input [3:0] d, output [3:0] q);
  wire [3:0] next = q + d;
  store #(.WIDTH(4)) s (.clk(clk), .rst(rst), .d(next), .q(q));
endmodule
module store #(parameter WIDTH = 1) (input clk, rst, input [WIDTH-1:0] d, output reg [WIDTH-1:0] q);
  always @(posedge clk) q <= rst ? 0 : d;
endmodule
"""
OTHER_STORE = SPLIT.replace("q <= rst ? 0 : d", "q <= rst ? 0 : ~d")
DIRECTIVES = """`timescale 1ps/1ps
`default_nettype none
`define W 4
package widths; typedef logic [`W-1:0] word_t; endpackage
typedef enum logic {RUN, \\stop! } state_t;
function automatic [`W-1:0] sum(input [`W-1:0] a, b); sum = a + b; endfunction
module acc import widths::*; (input wire rst, clk, input wire [`W-1:0]d, output word_t q);
  state_t state = \\stop! ;
  always_ff @(posedge clk) if (rst || state == RUN) q <= '0; else q <= sum(q, d);
endmodule : acc
"""


@pytest.fixture(scope="module")
def icarus() -> Icarus:
    settings = load_settings({"sandbox": {"cpu_s": 2}})
    return Icarus.find(settings, make_cage(settings.sandbox))


@pytest.fixture(scope="module")
def stimuli() -> Stimuli:
    return stimuli_for(PORTS)


def design(text: str, **parameters: str) -> Design:
    source = SourceFile("acc.sv", text, Language.SYSTEMVERILOG)
    return Design((source,), "acc", tuple(parameters.items()))


def shown(icarus: Icarus, stimuli: Stimuli, *texts: str) -> list[tuple[str, ...] | str]:
    """Each one's samples, or why it was left out."""
    results = simulate_together([design(text) for text in texts], stimuli, icarus)
    return [r.samples if isinstance(r, Behaviour) else r.because for r in results]


def test_what_is_written_differently_and_acts_alike_has_one_trace(
    icarus: Icarus, stimuli: Stimuli
) -> None:
    first, *others = shown(icarus, stimuli, GOOD, SPLIT, DIRECTIVES)
    assert others == [first, first]
    assert len(first) == len(stimuli.vectors)
    assert len(set(first)) > 10


def test_helpers_of_one_name_stay_apart_and_order_does_not_matter(
    icarus: Icarus, stimuli: Stimuli
) -> None:
    good, split, other = shown(icarus, stimuli, GOOD, SPLIT, OTHER_STORE)
    assert good == split != other
    assert shown(icarus, stimuli, OTHER_STORE, SPLIT, GOOD) == [other, split, good]


def test_directives_and_macros_do_not_reach_the_next_design(
    icarus: Icarus, stimuli: Stimuli
) -> None:
    implicit = f"`ifndef W\n{HEADER} assign low = d[0]; {BODY} endmodule\n`endif\n"
    first, second = shown(icarus, stimuli, DIRECTIVES, implicit)
    assert first == second


def test_a_parameter_of_the_top_module_can_be_set(icarus: Icarus, stimuli: Stimuli) -> None:
    text = GOOD.replace("acc (", "acc #(parameter STEP = 1) (").replace("q + d", "q + STEP * d")
    one, three = simulate_together([design(text), design(text, STEP="3")], stimuli, icarus)
    assert one != three
    assert [one] == list(simulate_together([design(GOOD)], stimuli, icarus))


@pytest.mark.parametrize(
    ("text", "because"),
    [
        (GOOD.replace("q + d;", "q + d"), "expected"),
        (f"{HEADER} initial $finish; {BODY} endmodule", "$finish"),
        (f'{HEADER} integer f = $fopen("x"); {BODY} endmodule', "$fopen"),
        (f"{HEADER} initial $root.x = 0; {BODY} endmodule", "reaches"),
        (GOOD.replace("[3:0] d", "[2:0] d"), "must be"),
        (f"{HEADER} assign d = 0; {BODY} endmodule", "coerced"),
        ("", "top"),
    ],
)
def test_what_may_not_stand_beside_others_is_left_out_with_the_reason(
    icarus: Icarus, stimuli: Stimuli, text: str, because: str
) -> None:
    good, bad = simulate_together([design(GOOD), design(text)], stimuli, icarus)
    assert isinstance(good, Behaviour)
    assert isinstance(bad, LeftOut)
    assert because in bad.because


def test_a_design_that_never_rests_is_found_and_the_others_are_not_hurt(
    icarus: Icarus, stimuli: Stimuli
) -> None:
    loop = f"{HEADER} reg spin = 0; always @(spin) spin <= ~spin; {BODY} endmodule".replace(
        "spin = 0;", "spin; initial #500 spin = 0;"
    )
    good, bad, split = shown(icarus, stimuli, GOOD, loop, SPLIT)
    assert good == split
    assert bad == "vvp was stopped by its cpu limit"


def test_what_only_the_simulator_rejects_is_left_out_alone(
    icarus: Icarus, stimuli: Stimuli
) -> None:
    exotic = f"{HEADER} class c; rand int x; constraint k {{ x > 0; }} endclass {BODY} endmodule"
    good, bad = shown(icarus, stimuli, GOOD, exotic)
    assert len(good) == len(stimuli.vectors)
    assert isinstance(bad, str)
    assert "does not compile" in bad


def test_a_printed_trace_line_is_no_trace_line(icarus: Icarus, stimuli: Stimuli) -> None:
    forged = OTHER_STORE.replace("wire", 'always @(clk) $display("0000 0000"); wire', 1)
    honest, other, liar = shown(icarus, stimuli, GOOD, OTHER_STORE, forged)
    assert honest != other == liar


def test_unknown_and_floating_bits_are_kept(icarus: Icarus, stimuli: Stimuli) -> None:
    text = GOOD.replace("output reg [3:0] q", "output [3:0] q").replace(BODY, "assign q = 4'b01xz;")
    (samples,) = shown(icarus, stimuli, text)
    assert set(samples) == {"01xz"}


def test_asynchronous_and_synchronous_resets_differ_in_their_traces(
    icarus: Icarus, stimuli: Stimuli
) -> None:
    asynchronous = GOOD.replace("posedge clk", "posedge clk, posedge rst")
    negative_edge = GOOD.replace("posedge clk", "negedge clk")
    assert len(set(shown(icarus, stimuli, GOOD, asynchronous, negative_edge))) == 3


def test_names_change_wherever_they_stand() -> None:
    text = "`define INC +1\nmodule m; n i(); endmodule : m module n; assign m.n=1`INC;endmodule\n"
    changed = "module m_7; n_7 i(); endmodule : m_7 module n_7; assign m_7.n_7=1 +1 ;endmodule"
    assert apart(text, "_7").strip() == changed
