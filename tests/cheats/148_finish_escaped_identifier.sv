// problem: Prob034_dff8; official: pass; mechanism: an escaped identifier that starts with a dollar sign is a system task call in Icarus
module TopModule(input clk, input [7:0] d, output reg [7:0] q);
  initial q = 0;
  initial \$finish ;
endmodule
