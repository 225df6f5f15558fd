// problem: Prob034_dff8; official: pass; mechanism: spells the verdict line with octal escapes in the string literal
module TopModule(input clk, input [7:0] d, output reg [7:0] q);
  always @(posedge clk) q <= ~d;
  initial $display("\115\151\163matches\072 0 in 41 sample\163");
endmodule
