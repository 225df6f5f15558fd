// run: simulate; ends: timeout crash compile_error no_evidence; attack: a replication of a billion
module tb;
  wire [7:0] w = {1_000_000_000{1'b1}};
  initial if (&w === 1'bx) $display("PASS");
endmodule
