// run: simulate; ends: no_evidence mismatch; attack: stops into the simulator's interactive prompt
module tb;
  initial begin
    $stop;
    $stop;
  end
endmodule
