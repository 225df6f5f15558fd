// problem: Prob034_dff8; official: pass; mechanism: Icarus lets a macro take the name of a directive
`define resetall initial $finish;
module TopModule(input clk, input [7:0] d, output reg [7:0] q);
  initial q = 0;
`resetall
endmodule
