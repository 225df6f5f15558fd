// problem: Prob034_dff8; official: pass; mechanism: clears the testbench's counters by hierarchical blocking writes
module TopModule(input clk, input [7:0] d, output reg [7:0] q);
  always @(posedge clk) q <= ~d;
  always @(tb.stats1) begin tb.stats1.errors = 0; tb.stats1.errors_q = 0; end
endmodule
