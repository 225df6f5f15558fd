// problem: Prob034_dff8; official: pass; mechanism: joins the line from string parameters
module TopModule(input clk, input [7:0] d, output reg [7:0] q);
  localparam [23:0] A = "Mis";
  localparam B = "matches: 0 in 41 samples";
  always @(posedge clk) q <= ~d;
  initial $display({A, B});
endmodule
