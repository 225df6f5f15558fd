// run: tested; ends: timeout; attack: a wrong design loops at time zero once the clock moves
module dut(input clk, input [3:0] a, output reg [3:0] y);
  always @(posedge clk) while (1) ;
endmodule
