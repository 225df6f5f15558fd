// problem: Prob034_dff8; official: pass; mechanism: a submodule ends the run at the first clock edge, after the one sample that happens to agree
module helper(input clk);
  always @(posedge clk) $finish(0);
endmodule
module TopModule(input clk, input [7:0] d, output reg [7:0] q);
  initial q = 0;
  helper u(.clk(clk));
endmodule
