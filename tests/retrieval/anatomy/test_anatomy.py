"""Ports, state machines, memories, latencies and clock crossings of modules written for it."""

import pytest

from hdlsmith.errors import InputError
from hdlsmith.retrieval.anatomy.anatomy import Role
from hdlsmith.retrieval.anatomy.compute import anatomy_of
from hdlsmith.retrieval.anatomy.diagrams import dot, mermaid
from hdlsmith.retrieval.anatomy.library import library_of_index
from tests.retrieval.anatomy.conftest import AnatomyOf
from tests.retrieval.conftest import IndexOf

STREAM = """module stream #(parameter int W = 8, localparam D = 2 * W) (
  input  logic clk_i, rst_ni,
  input  logic in_valid_i, output logic in_ready_o, input logic [W-1:0] in_data_i,
  input  logic load, irq_i, input logic [3:0] waddr_i,
  output logic out_valid_o, input logic out_ready_i, output logic [W-1:0] out_data_o
);
  logic [W-1:0] mem [0:15];
  logic [W-1:0] one, two;
  assign in_ready_o = out_ready_i;
  always_ff @(posedge clk_i) if (in_valid_i) mem[waddr_i] <= in_data_i;
  always_ff @(posedge clk_i) begin one <= mem[waddr_i]; two <= one; end
  always_ff @(posedge clk_i or negedge rst_ni)
    if (!rst_ni) out_valid_o <= 1'b0; else if (load) out_valid_o <= in_valid_i;
  assign out_data_o = two;
endmodule
"""


def test_ports_parameters_and_handshakes(anatomy: AnatomyOf) -> None:
    found = anatomy(STREAM)
    roles = {port.name: port.role for port in found.ports}
    assert roles["clk_i"] is Role.CLOCK
    assert roles["rst_ni"] is Role.RESET
    assert roles["in_valid_i"] is Role.VALID
    assert roles["load"] is Role.ENABLE
    assert roles["irq_i"] is Role.INTERRUPT
    assert roles["waddr_i"] is Role.ADDRESS
    assert roles["in_data_i"] is Role.DATA
    assert all(port.why for port in found.ports)
    assert [(h.valid, h.ready, h.payload) for h in found.handshakes] == [
        ("in_valid_i", "in_ready_o", ("in_data_i",)),
        ("out_valid_o", "out_ready_i", ("out_data_o",)),
    ]
    assert [(p.name, p.type, p.default, p.is_local) for p in found.parameters] == [
        ("W", "int", "8", False),
        ("D", "", "2 * W", True),
    ]


def test_a_memory_and_the_registers_behind_it(anatomy: AnatomyOf) -> None:
    found = anatomy(STREAM)
    (memory,) = found.memories
    assert (memory.name, memory.depth_words, memory.width_bits) == ("mem", "16", "W")
    assert (memory.read_ports, memory.write_ports, memory.is_read_synchronously) == (1, 1, True)
    (latency,) = [x for x in found.latencies if (x.source, x.target) == ("in_data_i", "out_data_o")]
    assert (latency.least_cycles, latency.most_cycles) == (3, 3)
    assert latency.through == ("mem", "one", "two")
    (ready,) = [x for x in found.latencies if x.target == "in_ready_o"]
    assert (ready.source, ready.least_cycles) == ("out_ready_i", 0)


def test_every_place_is_where_the_thing_stands(anatomy: AnatomyOf) -> None:
    found = anatomy(STREAM)
    lines = found.text.split("\n")
    named = [*found.ports, *found.parameters, *found.clocks, *found.resets, *found.memories]
    for item in (*named, *found.registers):
        assert item.name in lines[item.span.line - 1]


CROSSING = """module crossing(input a, b, d, output reg q, p);
  reg r, s1, s2, t;
  always @(posedge a) r <= d;
  always @(posedge b) begin s1 <= r; s2 <= s1; q <= s2; end
  wire mixed = r & d;
  always @(posedge b) begin t <= mixed; p <= t; end
endmodule
"""


def test_a_crossing_without_a_synchroniser_is_suspect(anatomy: AnatomyOf) -> None:
    (suspect,) = anatomy(CROSSING).cdc_suspects
    assert (suspect.register, suspect.clock) == ("r", "a")
    assert (suspect.reader, suspect.reader_clock) == ("t", "b")
    assert suspect.span.line == 6


HEAD = "module m(input clk, rst_n, start, done, fault, output logic busy);\n"
TYPE = "typedef enum logic [1:0] {IDLE, RUN = 2'd2, LAST} state_e; state_e q, n;\n"
FLOP = "always_ff @(posedge clk or negedge rst_n) if (!rst_n) q <= IDLE; else q <= n;\n"
MACHINES = {
    "an override behind the case": f"""{TYPE}{FLOP}
        always_comb begin
          n = q;
          case (q) IDLE: if (start) n = RUN; RUN: if (done) n = LAST; LAST: n = IDLE; endcase
          if (fault) n = IDLE;
        end""",
    "a default for those that have no branch": f"""{TYPE}{FLOP}
        always_comb case (q)
          IDLE: n = start ? RUN : IDLE;
          RUN: if (fault) n = IDLE; else if (done) n = LAST; else n = RUN;
          default: n = IDLE;
        endcase""",
    "a function": f"""{TYPE}
        function automatic state_e next(input state_e s, input logic go, fin, bad);
          case (s)
            IDLE: return go ? RUN : IDLE;
            RUN: begin if (bad) return IDLE; return fin ? LAST : RUN; end
            default: return IDLE;
          endcase
        endfunction
        assign n = next(q, start, done, fault); {FLOP}""",
    "ifs over the state": f"""{TYPE}{FLOP}
        always_comb begin
          n = q;
          if (q == IDLE && start) n = RUN;
          else if (q == RUN) begin if (fault) n = IDLE; else if (done) n = LAST; end
          else if (q != IDLE) n = IDLE;
        end""",
    "a flop in an instance": f"""{TYPE}
        dff #(.RESET_VALUE(IDLE)) u(.clk, .rst_n, .d(n), .q(q));
        always_comb begin
          n = q;
          unique case (q)
            IDLE: if (start) n = RUN;
            RUN: if (fault) n = IDLE; else if (done) n = LAST;
            LAST: n = IDLE;
            default: n = IDLE;
          endcase
        end""",
    "one-hot bits": """localparam IDLE = 0, RUN = 1, LAST = 2; logic [2:0] q;
        always_ff @(posedge clk or negedge rst_n)
          if (!rst_n) q <= 3'b001;
          else begin
            q <= 3'b000;
            case (1'b1)
              q[IDLE]: if (start) q[RUN] <= 1'b1; else q[IDLE] <= 1'b1;
              q[RUN]: if (fault) q[IDLE] <= 1'b1;
                      else if (done) q[LAST] <= 1'b1; else q[RUN] <= 1'b1;
              q[LAST]: q[IDLE] <= 1'b1;
            endcase
          end""",
}
STEPS = {("IDLE", "RUN"), ("RUN", "LAST"), ("RUN", "IDLE"), ("LAST", "IDLE")}


@pytest.mark.parametrize("style", MACHINES)
def test_the_steps_of_a_state_machine(style: str, anatomy: AnatomyOf) -> None:
    (fsm,) = anatomy(f"{HEAD}{MACHINES[style]}\nassign busy = q != IDLE;\nendmodule\n").fsms
    assert fsm.register == "q"
    assert {state.name for state in fsm.states} == {"IDLE", "RUN", "LAST"}
    assert fsm.reset_state == "IDLE"
    assert {(s.source, s.target) for s in fsm.transitions if s.source != s.target} == STEPS


def test_a_step_names_its_condition_and_what_must_not_hold(anatomy: AnatomyOf) -> None:
    text = f"{HEAD}{MACHINES['an override behind the case']}\nendmodule\n"
    (fsm,) = anatomy(text).fsms
    conditions = {(s.source, s.target): s.condition for s in fsm.transitions}
    assert conditions["IDLE", "RUN"] == "start && !fault"
    assert conditions["RUN", "IDLE"] == "fault"
    assert [state.encoding for state in fsm.states] == ["0", "2'd2", "3"]
    drawn = mermaid(fsm)
    assert drawn.startswith("stateDiagram-v2\n    [*] --> IDLE\n")
    assert "    RUN --> LAST : done && !fault" in drawn
    assert '"RUN" -> "LAST" [label="done && !fault"];' in dot(fsm)


def test_an_index_tells_the_same_as_the_file(index_of: IndexOf, anatomy: AnatomyOf) -> None:
    index = index_of({"rtl/it.sv": STREAM})
    found = anatomy_of(library_of_index(index, "stream"), "stream")
    assert found.span.path == "rtl/it.sv"
    alone = anatomy(STREAM)
    assert [port.role for port in found.ports] == [port.role for port in alone.ports]
    assert found.latencies[0].least_cycles == alone.latencies[0].least_cycles


def test_a_missing_module_and_a_choice_of_several_are_said(anatomy: AnatomyOf) -> None:
    with pytest.raises(InputError, match="no module 'nope'"):
        anatomy(STREAM, "nope")
    with pytest.raises(InputError, match="2 modules could be meant"):
        anatomy("module a; endmodule\nmodule b; endmodule\n")
    assert anatomy("module a(input x); other u(.x); endmodule").notes == (
        "1 module not given: other",
    )


def test_broken_text_gives_what_can_be_read(anatomy: AnatomyOf) -> None:
    found = anatomy(
        "module a(input clk, d, output reg q);\nalways @(posedge clk) q <= d;\nassign = ;\n"
    )
    assert [clock.name for clock in found.clocks] == ["clk"]
    assert any(note.startswith("not read: ") for note in found.notes)
