// problem: Prob034_dff8; official: pass; mechanism: writes its own text over wave.vcd and ends the run (design file compiled first: fail)
module TopModule(input clk, input [7:0] d, output reg [7:0] q);
  integer f;
  initial begin q = 0; #3 f = $fopen("wave.vcd", "w"); $fwrite(f, "$enddefinitions $end\n"); $fclose(f); $finish; end
endmodule
