// problem: Prob034_dff8; official: pass; mechanism: balanced macros, an include guard, macros with arguments
`ifndef TOP_MODULE_SV
`define TOP_MODULE_SV
`define WIDTH 8
`define NEXT(x) (x)
`ifdef SYNTHESIS
`define START
`else
`define START initial q = 0;
`endif
module TopModule(input clk, input [`WIDTH-1:0] d, output reg [`WIDTH-1:0] q);
  `START
  always @(posedge clk) q <= `NEXT(d);
endmodule
`undef WIDTH
`undef NEXT
`undef START
`endif
