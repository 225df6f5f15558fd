// SPDX-License-Identifier: Apache-2.0
// Counts down from a loaded value and pulses when it arrives at zero.
module down_timer #(
  parameter int unsigned Width = 8
) (
  input  logic             clk_i,
  input  logic             rst_ni,
  input  logic             load_i,
  input  logic [Width-1:0] value_i,
  input  logic             en_i,
  output logic             done_o
);

  logic [Width-1:0] count_q;

  // High for the one cycle in which the last step is taken.
  assign done_o = en_i && count_q == 1;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni)                   count_q <= '0;
    else if (load_i)               count_q <= value_i;
    else if (en_i && count_q != 0) count_q <= count_q - 1'b1;
  end

endmodule
