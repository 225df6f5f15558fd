"""`hdlsmith bench consensus`: what simulating many candidates together costs beside one alone."""

import json
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from hdlsmith.design import Design
    from hdlsmith.sandbox.simulation.icarus import Icarus

_DESIGNS = {
    "counter": """module counter (input clk, input rst_n, input load, input en, input [7:0] d,
                output reg [7:0] q, output full);
  assign full = &q;
  always @(posedge clk or negedge rst_n)
    if (!rst_n) q <= 0; else if (load) q <= d; else if (en) q <= q + 1;
endmodule
""",
    "alu": """module alu (input [2:0] op, input [15:0] a, input [15:0] b,
            output reg [15:0] y, output zero);
  assign zero = y == 0;
  always @* case (op)
    0: y = a + b; 1: y = a - b; 2: y = a & b; 3: y = a | b;
    4: y = a ^ b; 5: y = a << b[3:0]; 6: y = a >> b[3:0]; default: y = a < b;
  endcase
endmodule
""",
    "receiver": """module receiver (input clk, input reset, input rx,
                 output reg [7:0] data, output reg valid);
  reg [1:0] state;
  reg [2:0] bits;
  always @(posedge clk) begin
    valid <= 0;
    if (reset) begin state <= 0; bits <= 0; data <= 0; end
    else case (state)
      0: if (!rx) begin state <= 1; bits <= 0; end
      1: begin data <= {rx, data[7:1]}; bits <= bits + 1; if (&bits) state <= 2; end
      2: begin valid <= rx; state <= rx ? 0 : 3; end
      3: if (rx) state <= 0;
    endcase
  end
endmodule
""",
    "fifo": """module fifo (input clk, input rst, input push, input pop, input [7:0] din,
             output [7:0] dout, output empty, output full);
  reg [7:0] memory [0:7];
  reg [3:0] head, tail;
  assign empty = head == tail;
  assign full = head == {~tail[3], tail[2:0]};
  assign dout = memory[tail[2:0]];
  always @(posedge clk)
    if (rst) begin head <= 0; tail <= 0; end
    else begin
      if (push && !full) begin memory[head[2:0]] <= din; head <= head + 1; end
      if (pop && !empty) tail <= tail + 1;
    end
endmodule
""",
}


def consensus(
    candidates: Annotated[int, typer.Option(min=2, help="How many stand together.")] = 8,
    rounds: Annotated[int, typer.Option(min=1, help="How often both sides run.")] = 10,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object instead of text.")
    ] = False,
) -> None:
    """Time candidates simulated together against one of them alone, by the agent's own stimuli.

    The candidates are one design several times over. Timed is all from their sources to their
    traces: guard, elaboration, compilation and simulation in the cage, reading the trace.

    \b
    Example:   hdlsmith bench consensus --candidates 8 --json
    Exit code: 0 measured, 3 something needed is missing
    """
    from hdlsmith.sandbox.cage import make_cage
    from hdlsmith.sandbox.simulation.icarus import Icarus
    from hdlsmith.settings import load_settings

    settings = load_settings()
    icarus = Icarus.find(settings, make_cage(settings.sandbox))
    result = measure(icarus, candidates, rounds)
    typer.echo(json.dumps(result) if as_json else render(result))


def measure(icarus: "Icarus", candidates: int, rounds: int) -> dict[str, Any]:
    """Median milliseconds of both sides, run in turn.

    Returns:
        `candidates, rounds` and, under `designs`, for each `cycles, alone_ms, together_ms, ratio,
        lowest_ratio, highest_ratio`: the ratio of the medians, and the extremes of the rounds'.

    Raises:
        SandboxError: a simulation failed.
    """
    from hdlsmith.design import Design, SourceFile
    from hdlsmith.languages import Language

    designs = {
        name: Design((SourceFile(f"{name}.v", text, Language.VERILOG),), name)
        for name, text in _DESIGNS.items()
    }
    rows = {name: _compare(d, icarus, candidates, rounds) for name, d in designs.items()}
    return {"candidates": candidates, "rounds": rounds, "designs": rows}


def render(result: dict[str, Any]) -> str:
    """The measurement for a terminal."""
    number = result["candidates"]
    lines = [f"{number} candidates together and 1 alone, medians of {result['rounds']} rounds"]
    for name, row in result["designs"].items():
        lines.append(
            f"  {name:<9} {row['cycles']:5,} cycles   alone {row['alone_ms']:6.1f} ms"
            f"   together {row['together_ms']:6.1f} ms   ratio {row['ratio']:.2f}"
            f" ({row['lowest_ratio']:.2f} to {row['highest_ratio']:.2f})"
        )
    return "\n".join(lines)


def _compare(design: "Design", icarus: "Icarus", candidates: int, rounds: int) -> dict[str, float]:
    import statistics

    from hdlsmith.agent.consensus.stimuli import stimuli_for
    from hdlsmith.agent.consensus.together import Behaviour, simulate_together
    from hdlsmith.benchmarks.measuring import must_work, timed_s
    from hdlsmith.sandbox.elaboration import elaborate

    stimuli = stimuli_for(elaborate(design).ports)

    def simulate(number: int) -> None:
        shown = simulate_together([design] * number, stimuli, icarus)
        must_work(all(isinstance(one, Behaviour) for one in shown))

    alone, together = partial(simulate, 1), partial(simulate, candidates)
    alone()
    pairs = [(1000 * timed_s(alone), 1000 * timed_s(together)) for _ in range(rounds)]
    alone_ms, together_ms = (statistics.median(side) for side in zip(*pairs, strict=True))
    ratios = [mine / one for one, mine in pairs]
    return {
        "cycles": stimuli.cycles,
        "alone_ms": round(alone_ms, 2),
        "together_ms": round(together_ms, 2),
        "ratio": round(together_ms / alone_ms, 3),
        "lowest_ratio": round(min(ratios), 3),
        "highest_ratio": round(max(ratios), 3),
    }
