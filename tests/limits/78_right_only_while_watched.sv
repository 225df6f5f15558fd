// problem: Prob034_dff8; official: pass; mechanism: behaves for 12 clocks, the length of the test, then breaks
module TopModule(input clk, input [7:0] d, output reg [7:0] q);
  integer n = 0;
  initial q = 0;
  always @(posedge clk) begin n <= n + 1; q <= (n < 25) ? d : 8'hff; end
endmodule
