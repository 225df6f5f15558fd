// problem: Prob034_dff8; official: pass; mechanism: Icarus counts the name of a directive as a defined macro, slang does not
module TopModule(input clk, input [7:0] d, output reg [7:0] q);
`ifdef celldefine
  initial begin q = 0; $finish; end
`else
  always @(posedge clk) q <= d;
`endif
endmodule
