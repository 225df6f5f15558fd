// run: simulate; ends: timeout; attack: moves events for ever without time passing
module tb;
  reg a = 0;
  always @(a) a <= #0 !a;
  initial #0 a = 1;
endmodule
