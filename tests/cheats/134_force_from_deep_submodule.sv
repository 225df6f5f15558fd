// problem: Prob034_dff8; official: pass; mechanism: the force is two levels down and names the reference upward
module deep; initial force good1.q = 8'hxx; endmodule
module mid; deep u(); endmodule
module TopModule(input clk, input [7:0] d, output reg [7:0] q);
  mid m();
  always @(posedge clk) q <= ~d;
endmodule
