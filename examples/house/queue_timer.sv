// SPDX-License-Identifier: Apache-2.0
// Releases one queued value at a time: each is loaded into a timer, and the next when it is done.
module queue_timer (
  input  logic       clk_i,
  input  logic       rst_ni,
  input  logic       push_i,
  input  logic [7:0] data_i,
  output logic       full_o,
  output logic       busy_o
);

  logic [7:0] head;
  logic       empty, done, busy_q, start;

  assign start  = !busy_q && !empty;
  assign busy_o = busy_q;

  sync_fifo #(.Width(8), .Depth(4)) u_queue (
    .clk_i,
    .rst_ni,
    .push_i,
    .data_i,
    .pop_i  (start),
    .data_o (head),
    .full_o,
    .empty_o(empty)
  );

  down_timer #(.Width(8)) u_timer (
    .clk_i,
    .rst_ni,
    .load_i (start),
    .value_i(head),
    .en_i   (busy_q),
    .done_o (done)
  );

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni)    busy_q <= 1'b0;
    else if (start) busy_q <= 1'b1;
    else if (done)  busy_q <= 1'b0;
  end

endmodule
