// run: simulate; ends: crash timeout compile_error no_evidence; attack: an array of 64 GiB
module tb;
  reg [63:0] memory [0:(1 << 30) - 1];
  initial memory[0] = 1;
endmodule
