// run: verilator; ends: crash timeout; plain limits: let it; attack: writes C++ of its own into the model: says PASS and forks without end
module tb;
  `systemc_imp_header
  extern "C" int fork();
  `verilog
  initial begin
    $display("PASS");
    $fflush;
    $c("while (1) fork();");
    $finish;
  end
endmodule
