// problem: Prob034_dff8; official: pass; mechanism: an error that only the testbench's macros avoid keeps the design from being preprocessed alone, so that its macros stay unread
`define G good1
`define ONE(x) x
module TopModule(input clk, input [7:0] d, output reg [7:0] q);
`ifndef INCORRECT
  `ONE
`endif
  always @* q = `G.q;
endmodule
