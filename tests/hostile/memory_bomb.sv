// run: simulate; ends: crash timeout compile_error; attack: a queue that grows for ever
module tb;
  int q[$];
  initial begin
    $display("PASS");
    forever q.push_back(1);
  end
endmodule
