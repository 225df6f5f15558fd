// run: simulate; ends: timeout crash no_evidence mismatch; attack: loads /dev/zero as a memory image, which has no end
module tb;
  reg [7:0] memory [0:7];
  initial $readmemh("/dev/zero", memory);
endmodule
