// problem: Prob034_dff8; official: pass; mechanism: stops the dump, then forces the comparison (design file compiled first: fail)
module TopModule(input clk, input [7:0] d, output reg [7:0] q);
  always @(posedge clk) q <= ~d;
  initial begin #1 $dumpoff; force tb.tb_match = 1; end
endmodule
