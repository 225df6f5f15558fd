// problem: Prob034_dff8; official: pass; mechanism: system functions of the language: $clog2, $signed, $unsigned, $bits
module TopModule(input clk, input [7:0] d, output reg [7:0] q);
  localparam W = $clog2(256);
  initial q = {W{1'b0}};
  always @(posedge clk) q <= $unsigned($signed(d[$bits(d)-1:0]));
endmodule
