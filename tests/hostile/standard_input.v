// run: simulate; ends: no_evidence; attack: waits for the user's keyboard
module tb;
  integer c;
  initial begin
    c = $fgetc(32'h8000_0000);
    if (c != -1) $display("PASS");
  end
endmodule
