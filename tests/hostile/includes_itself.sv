// run: simulate; ends: timeout crash compile_error; attack: includes itself without end
`include "includes_itself.sv"
module tb;
  initial $display("PASS");
endmodule
