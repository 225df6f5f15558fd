// problem: Prob034_dff8; official: pass; mechanism: eight one-bit submodules with named ports in a generate loop
module dff1(input clk, input d, output reg q);
  initial q = 0;
  always @(posedge clk) q <= d;
endmodule
module TopModule(input clk, input [7:0] d, output [7:0] q);
  genvar i;
  generate for (i = 0; i < 8; i = i + 1) begin : stage
    dff1 good(.clk(clk), .d(d[i]), .q(q[i]));
  end endgenerate
endmodule
