// problem: Prob034_dff8; official: fail; mechanism: prints the word that the rule takes for a time-out
module TopModule(input clk, input [7:0] d, output reg [7:0] q);
  always @(posedge clk) q <= ~d;
  initial $display("TIMEOUT");
endmodule
