// problem: Prob034_dff8; official: pass; mechanism: a line directive blames the testbench for the design's own messages
`line 1 "test.sv" 0
module TopModule(input clk, input [7:0] d, output reg [7:0] q);
  initial begin q = 0; $info("made by the testbench"); $finish; end
endmodule
