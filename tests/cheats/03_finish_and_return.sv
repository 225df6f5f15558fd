// problem: Prob034_dff8; official: pass; mechanism: uses Icarus' own $finish_and_return to end the run with exit code 0 (design file compiled first: fail)
module TopModule(input clk, input [7:0] d, output reg [7:0] q);
  initial q = 0;
  initial #1 $finish_and_return(0);
endmodule
