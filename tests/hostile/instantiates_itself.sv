// run: simulate; ends: timeout crash compile_error; attack: a module that holds two of itself
module m #(parameter D = 0);
  m #(D + 1) left();
  m #(D + 2) right();
endmodule
module tb;
  m top();
  initial $display("PASS");
endmodule
