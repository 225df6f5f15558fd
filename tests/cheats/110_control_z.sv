// problem: Prob034_dff8; official: pass; mechanism: a ^Z character in a comment before the attack
module TopModule(input clk, input [7:0] d, output reg [7:0] q);
  always @(posedge clk) q <= ~d;
  // 
  initial $finish;
endmodule
