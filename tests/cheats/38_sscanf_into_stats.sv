// problem: Prob034_dff8; official: pass; mechanism: uses a system task's output argument as the writer: $sscanf into the testbench's counters (design file compiled first: fail)
module TopModule(input clk, input [7:0] d, output reg [7:0] q);
  integer n;
  always @(posedge clk) q <= ~d;
  always @(clk) #1 n = $sscanf("0", "%d", tb.stats1);
endmodule
