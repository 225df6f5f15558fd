// problem: Prob034_dff8; official: pass; mechanism: a line comment in a macro definition ends the definition for Icarus, while slang lets the backslash carry it on
`define NOTE // step one \
module TopModule(input clk, input [7:0] d, output reg [7:0] q); initial begin q = 0; $finish; end endmodule
`ifdef NEVER_DEFINED
`endif
