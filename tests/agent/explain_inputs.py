"""A small lock to explain, and claims about it."""

import json

LOCK = """\
// A door lock: two right keys open it for a while, a wrong one sets it off.
module door_lock #(
  parameter int Hold = 8
) (
  input  logic       clk_i,
  input  logic       rst_ni,
  input  logic       key_valid_i,
  input  logic [3:0] key_i,
  output logic       open_o,
  output logic       alarm_o
);
  typedef enum logic [1:0] {LOCKED, ARMED, OPENED, BLOCKED} state_e;
  state_e state_q, state_d;
  logic [3:0] held_q;
  logic right;

  assign right  = key_valid_i && key_i == 4'h9;
  assign open_o = state_q == OPENED;

  always_comb begin : next_state
    state_d = state_q;
    unique case (state_q)
      LOCKED: begin
        if (right) state_d = ARMED;
        else if (key_valid_i) state_d = BLOCKED;
      end
      ARMED:   if (right) state_d = OPENED;
      OPENED:  if (held_q == Hold - 1) state_d = LOCKED;
      default: state_d = BLOCKED;
    endcase
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      state_q <= LOCKED;
      held_q  <= '0;
    end else begin
      state_q <= state_d;
      held_q  <= open_o ? held_q + 1'b1 : '0;
    end
  end

  blinker u_blinker (
    .clk_i  (clk_i),
    .rst_ni (rst_ni),
    .on_i   (state_q == BLOCKED),
    .light_o(alarm_o)
  );
endmodule

module blinker (
  input  logic clk_i,
  input  logic rst_ni,
  input  logic on_i,
  output logic light_o
);
  always_ff @(posedge clk_i or negedge rst_ni)
    if (!rst_ni) light_o <= 1'b0;
    else light_o <= on_i & ~light_o;
endmodule
"""


def line_of(text: str) -> int:
    """The number of the first line of the lock that holds a text."""
    return next(at for at, line in enumerate(LOCK.split("\n"), 1) if text in line)


def said(text: str, *cites: object, kind: str = "none", **fact: str) -> dict[str, object]:
    """A claim as a model writes it."""
    stated = {"name": "", "other": "", "value": ""} | fact
    return {"text": text, "cites": [str(cite) for cite in cites], "kind": kind, **stated}


def answer(*claims: dict[str, object]) -> str:
    """A model's whole answer."""
    return json.dumps({"claims": list(claims)})


DRIVEN = "`state_q` takes its next value from `state_d`."
TRUE = said(DRIVEN, line_of("state_q <= state_d"), kind="driver", name="state_q", other="state_d")
PURPOSE = said("Two right keys lead to `OPENED`.", line_of("ARMED:"))

INVENTED = {
    "a port": said(
        "The input `panic_i` opens the door.", line_of("open_o,"), kind="port", name="panic_i"
    ),
    "a state": said(
        "From `ARMED` it may reach `HALTED`.", line_of("ARMED:"), kind="state", name="HALTED"
    ),
    "a line": said("`open_o` is high while the door is open.", 1234),
    "a driver": said(
        "`open_o` is driven by `key_valid_i`.",
        line_of("assign open_o"),
        kind="driver",
        name="open_o",
        other="key_valid_i",
    ),
}
