// problem: Prob034_dff8; official: pass; mechanism: shows the right value only around the sampling instants and garbage between them (design file compiled first: fail)
module TopModule(input clk, input [7:0] d, output reg [7:0] q);
  reg [7:0] r = 0;
  initial q = 0;
  always @(posedge clk) r <= d;
  always @(clk) begin #1 q = ~r; #3 q = r; end
endmodule
