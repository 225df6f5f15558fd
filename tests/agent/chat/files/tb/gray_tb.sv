module gray_tb;
  logic clk = 0, rst = 1, en = 0;
  logic [3:0] code, previous, flips;
  int wrong = 0;

  gray dut (.*);

  always #5 clk = ~clk;

  initial begin
    repeat (2) @(negedge clk);
    rst = 0;
    en  = 1;
    repeat (20) begin
      previous = code;
      @(negedge clk);
      flips = previous ^ code;
      if (flips == 0 || (flips & (flips - 4'd1)) != 0) wrong++;
    end
    $display("Mismatches: %0d in 20 samples", wrong);
    $finish;
  end
endmodule
