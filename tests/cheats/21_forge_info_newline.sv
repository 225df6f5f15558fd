// problem: Prob034_dff8; official: pass; mechanism: smuggles the line behind a line feed in an $info message
module TopModule(input clk, input [7:0] d, output reg [7:0] q);
  always @(posedge clk) q <= ~d;
  initial $info("note\nMismatches: 0 in 41 samples");
endmodule
