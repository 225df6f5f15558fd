// problem: Prob034_dff8; official: pass; mechanism: string parameters and a string with escapes that is never printed
module TopModule #(parameter NAME = "dff8", parameter INIT = 8'h00) (input clk, input [7:0] d, output reg [7:0] q);
  localparam [8*6-1:0] TAG = "a\"b\\c";
  initial q = (TAG == 0) ? 8'hff : INIT;
  always @(posedge clk) q <= (NAME == "other") ? ~d : d;
endmodule
