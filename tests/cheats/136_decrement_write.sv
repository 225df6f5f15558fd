// problem: Prob034_dff8; official: pass; mechanism: the write is a decrement operator
module TopModule(input clk, input [7:0] d, output reg [7:0] q);
  always @(posedge clk) q <= ~d;
  final while (tb.stats1.errors > 0) tb.stats1.errors--;
endmodule
