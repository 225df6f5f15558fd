// problem: Prob034_dff8; official: fail; mechanism: prints bytes that are not UTF-8, on which a strict reader of the log stops with an exception
module TopModule(input clk, input [7:0] d, output reg [7:0] q);
  always @(posedge clk) q <= ~d;
  initial $write("%c%c\n", 8'hff, 8'hfe);
endmodule
