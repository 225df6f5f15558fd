// problem: Prob034_dff8; official: pass; mechanism: clears the counters by non-blocking writes after each sample
module TopModule(input clk, input [7:0] d, output reg [7:0] q);
  always @(posedge clk) q <= ~d;
  always @(clk) begin tb.stats1.errors <= 0; tb.stats1.errors_q <= 0; end
endmodule
