// problem: Prob034_dff8; official: fail; mechanism: loops without time passing, so the run only ends by the wall clock
module TopModule(input clk, input [7:0] d, output reg [7:0] q);
  initial q = 0;
  initial #1 forever #0 q = ~q;
endmodule
