// problem: Prob034_dff8; official: pass; mechanism: bytes that are not UTF-8 in a comment, on which a Python reader of the file may break
module TopModule(input clk, input [7:0] d, output reg [7:0] q);
  // caféÿ
  initial begin q = 0; $finish; end
endmodule
