// run: simulate; ends: crash timeout; attack: says PASS and writes an endless waveform
module tb;
  reg [8191:0] r = 0;
  initial begin
    $display("PASS");
    $dumpfile("waves.vcd");
    $dumpvars;
  end
  always #1 r = ~r;
endmodule
