// SPDX-License-Identifier: Apache-2.0
// A first-in first-out queue of Depth words; a push into a full queue is dropped.
module sync_fifo #(
  parameter int unsigned Width = 8,
  parameter int unsigned Depth = 4
) (
  input  logic             clk_i,
  input  logic             rst_ni,
  input  logic             push_i,
  input  logic [Width-1:0] data_i,
  input  logic             pop_i,
  output logic [Width-1:0] data_o,
  output logic             full_o,
  output logic             empty_o
);

  localparam int unsigned PtrWidth = $clog2(Depth);

  logic [Width-1:0]  mem_q [Depth];
  logic [PtrWidth:0] wptr_q, rptr_q;
  logic              push, pop;

  // The pointers carry one bit more than the address: equal pointers mean empty, pointers that
  // differ in that bit alone mean full.
  assign empty_o = wptr_q == rptr_q;
  assign full_o  = wptr_q == {~rptr_q[PtrWidth], rptr_q[PtrWidth-1:0]};
  assign push    = push_i && !full_o;
  assign pop     = pop_i && !empty_o;
  assign data_o  = mem_q[rptr_q[PtrWidth-1:0]];

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      wptr_q <= '0;
      rptr_q <= '0;
    end else begin
      if (push) wptr_q <= wptr_q + 1'b1;
      if (pop)  rptr_q <= rptr_q + 1'b1;
    end
  end

  always_ff @(posedge clk_i) begin
    if (push) mem_q[wptr_q[PtrWidth-1:0]] <= data_i;
  end

endmodule
