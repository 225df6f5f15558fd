// run: simulate; ends: timeout crash compile_error; attack: a constant function that never returns, run by the compiler
module tb;
  function integer endless(input integer n);
    begin
      endless = n;
      while (endless >= 0) endless = 1;
    end
  endfunction
  localparam N = endless(1);
  initial $display("PASS %0d", N);
endmodule
