// run: simulate; ends: mismatch no_evidence; plain limits: let it; attack: writes a memory image over a file outside
module tb;
  reg [7:0] memory [0:7];
  initial begin
    memory[0] = 1;
    $writememh("@OUTSIDE@", memory);
  end
endmodule
