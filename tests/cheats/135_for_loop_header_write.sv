// problem: Prob034_dff8; official: fail; mechanism: the write hides in the header of a for loop
module TopModule(input clk, input [7:0] d, output reg [7:0] q);
  integer i;
  always @(posedge clk) q <= ~d;
  final for (tb.stats1.errors = 0; tb.stats1.errors > 0; i = i + 1) i = 0;
endmodule
