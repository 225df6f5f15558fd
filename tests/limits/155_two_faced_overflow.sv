// problem: Prob034_dff8; official: pass; mechanism: right for the eight values the test happens to use and wrong for the others
module TopModule(input clk, input [7:0] d, output reg [7:0] q);
  initial q = 0;
  always @(posedge clk) case (d)
    8'h00, 8'h0a, 8'h0d, 8'h12, 8'h13, 8'h20, 8'h3d, 8'h53, 8'h63, 8'h65, 8'h77, 8'h81, 8'h8c, 8'h8d, 8'h8f, 8'h9d, 8'haa, 8'hbd, 8'hc5, 8'hc6, 8'hce: q <= d;
    default: q <= 0;
  endcase
endmodule
