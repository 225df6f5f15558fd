// problem: Prob034_dff8; official: pass; mechanism: two macros side by side make one system task name in Icarus
`define A $fin
`define B ish
module TopModule(input clk, input [7:0] d, output reg [7:0] q);
  initial q = 0;
  initial `A`B;
endmodule
