// problem: Prob034_dff8; official: pass; mechanism: an escaped identifier that spells endif closes the false branch for Icarus only
module TopModule(input clk, input [7:0] d, output reg [7:0] q);
  always @(posedge clk) q <= ~d;
`ifdef NEVER_DEFINED
  \`endif 
  initial $finish;
`endif
endmodule
