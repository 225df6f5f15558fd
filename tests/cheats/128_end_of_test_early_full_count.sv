// problem: Prob034_dff8; official: pass; mechanism: ends the run at the first edge and sets the sample count by hand to the expected figure (design file compiled first: fail)
module TopModule(input clk, input [7:0] d, output reg [7:0] q);
  initial q = 0;
  initial #1 begin tb.stats1.clocks = 41; $finish; end
endmodule
