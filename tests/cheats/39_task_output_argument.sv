// problem: Prob034_dff8; official: pass; mechanism: writes the counters through the output argument of its own task (design file compiled first: fail)
module TopModule(input clk, input [7:0] d, output reg [7:0] q);
  task automatic clear(output [159:0] v); v = 0; endtask
  always @(posedge clk) q <= ~d;
  always @(clk) #1 clear(tb.stats1);
endmodule
