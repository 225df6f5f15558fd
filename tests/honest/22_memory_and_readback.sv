// problem: Prob034_dff8; official: pass; mechanism: a small memory written and read back
module TopModule(input clk, input [7:0] d, output [7:0] q);
  reg [7:0] mem [0:1];
  initial begin mem[0] = 0; mem[1] = 0; end
  always @(posedge clk) mem[1] <= d;
  assign q = mem[1];
endmodule
