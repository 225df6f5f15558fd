// problem: Prob034_dff8; official: pass; mechanism: sends the value dump to another file and ends the run (design file compiled first: fail)
module TopModule(input clk, input [7:0] d, output reg [7:0] q);
  initial $dumpfile("other.vcd");
  initial begin q = 0; #2 $dumpoff; end
  initial #4 $finish;
endmodule
