// run: simulate; ends: no_evidence compile_error crash mismatch; plain limits: let it; attack: calls $system, where a simulator has it
module tb;
  initial $system("cat @SECRET_FILE@; echo x > @OUTSIDE@; echo PASS");
endmodule
