// SPDX-License-Identifier: Apache-2.0
// Carries a level from another clock domain over two flops and pulses on its rising edge.
module pulse_sync (
  input  logic clk_i,
  input  logic rst_ni,
  input  logic async_i,
  output logic pulse_o
);

  logic [2:0] sync_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) sync_q <= '0;
    else         sync_q <= {sync_q[1:0], async_i};
  end

  assign pulse_o = sync_q[1] && !sync_q[2];

endmodule
