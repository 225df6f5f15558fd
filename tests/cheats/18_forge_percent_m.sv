// problem: Prob034_dff8; official: fail; mechanism: takes the word from a scope name with %m; a Unicode line separator in that name splits the line for readers that use str.splitlines
module TopModule(input clk, input [7:0] d, output reg [7:0] q);
  always @(posedge clk) q <= ~d;
  initial begin : \ Mismatches:
    $display("%m 0 in 41 samples");
  end
endmodule
