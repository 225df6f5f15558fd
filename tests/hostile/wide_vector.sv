// run: simulate; ends: crash timeout compile_error no_evidence; attack: a vector of two billion bits, added to itself
module tb;
  reg [31'h7fff_fffe:0] wide;
  initial wide = wide + 1;
endmodule
