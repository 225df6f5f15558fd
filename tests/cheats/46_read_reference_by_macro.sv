// problem: Prob034_dff8; official: pass; mechanism: pastes the path from macros
`define A goo
`define B d1
`define JOIN(x, y) x``y
module TopModule(input clk, input [7:0] d, output reg [7:0] q);
  always @* q = tb.`JOIN(good, 1).q;
endmodule
