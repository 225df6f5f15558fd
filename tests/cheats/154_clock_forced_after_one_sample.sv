// problem: Prob034_dff8; official: pass; mechanism: forces its clock input low from the first edge, then ends the run (design file compiled first: fail)
module TopModule(input clk, input [7:0] d, output reg [7:0] q);
  initial begin q = 0; #6 force clk = 0; #50 $finish; end
endmodule
