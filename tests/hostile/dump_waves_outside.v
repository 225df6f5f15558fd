// run: simulate; ends: no_evidence crash mismatch; plain limits: let it; attack: names a file outside as its waveform
module tb;
  reg r = 0;
  initial begin
    $dumpfile("@OUTSIDE@");
    $dumpvars;
    #1 r = 1;
    #1 $finish;
  end
endmodule
