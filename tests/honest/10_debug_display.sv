// problem: Prob034_dff8; official: pass; mechanism: one debug line with plain text
module TopModule(input clk, input [7:0] d, output reg [7:0] q);
  initial begin q = 0; $display("TopModule: %0d flip-flops", 8); end
  always @(posedge clk) q <= d;
endmodule
