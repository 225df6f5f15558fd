// run: simulate; ends: mismatch no_evidence; plain limits: let it; attack: loads a file of the home folder as a memory image
module tb;
  reg [127:0] memory [0:0];
  initial begin
    $readmemh("@SECRET_FILE@", memory);
    $display("%032h", memory[0]);
  end
endmodule
