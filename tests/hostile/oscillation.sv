// run: simulate; ends: timeout no_evidence; attack: a combinational loop that never settles
module tb;
  wire a, b;
  reg start = 0;
  assign a = start & ~b;
  assign b = a;
  initial #1 start = 1;
endmodule
