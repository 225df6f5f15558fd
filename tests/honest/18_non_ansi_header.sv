// problem: Prob034_dff8; official: pass; mechanism: Verilog-1995 port style with separate declarations
module TopModule(clk, d, q);
  input clk;
  input [7:0] d;
  output [7:0] q;
  reg [7:0] q;
  initial q = 8'b0;
  always @(posedge clk)
    q <= d;
endmodule
