// Testbench for a 4-bit up counter: synchronous reset, enable, wrap-around.
module counter_tb;
  logic clk = 0, rst = 1, en = 0;
  logic [3:0] q, expected;
  int checks = 0, failures = 0;

  counter dut (.clk, .rst, .en, .q);

  always #5 clk = ~clk;

  task automatic check();
    @(negedge clk);
    checks++;
    if (q !== expected) begin
      failures++;
      $display("q is %0d, expected %0d at %0t", q, expected, $time);
    end
  endtask

  initial begin
    @(negedge clk);
    expected = 0;
    check();
    rst = 0;
    check();  // held while en is low
    en = 1;
    for (int i = 1; i <= 20; i++) begin
      expected = 4'(i);
      check();
    end
    en = 0;
    #1 rst = 1;
    #1 rst = 0;  // no clock edge in between: a synchronous reset does nothing
    check();
    en = 1;
    rst = 1;  // reset wins over enable
    expected = 0;
    check();
    if (failures == 0) $display("PASS: %0d checks passed", checks);
    else $display("%0d of %0d checks failed", failures, checks);
    $finish;
  end
endmodule
