// problem: Prob034_dff8; official: pass; mechanism: Windows line ends and tabs
module TopModule(input clk, input [7:0] d, output reg [7:0] q);
	initial q = 0;
	always @(posedge clk)
		q <= d;
endmodule
