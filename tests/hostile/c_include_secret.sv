// run: verilator; ends: no_evidence crash compile_error; plain limits: let it; attack: has the C++ compiler take a file of the home folder into the model
module tb;
  `systemc_imp_header
  asm(".section .rodata\n.global taken\ntaken: .incbin \"@SECRET_FILE@\"\n.byte 0\n.text");
  extern "C" const char taken[];
  `verilog
  initial begin
    $c("printf(\"%s\\n\", taken);");
    $finish;
  end
endmodule
