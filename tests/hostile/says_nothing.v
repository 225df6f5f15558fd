// run: simulate; ends: no_evidence; attack: ends at once and without a word, which others take for a pass
module tb;
  initial $finish;
endmodule
