// problem: Prob034_dff8; official: fail; mechanism: includes a file of the machine; the diagnostics show whether it is there
`include "/etc/passwd"
module TopModule(input clk, input [7:0] d, output reg [7:0] q);
  initial q = 0;
endmodule
