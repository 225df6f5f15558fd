// Bit-serial sums, differences, logic and equality of serv_alu, against the same in one step.
module serv_alu_tb;
  reg clk = 0, en = 0, cnt0 = 0, sub = 0, rs1 = 0, op_b = 0;
  reg [1:0] bool_op = 0;
  reg [2:0] rd_sel = 0;
  wire cmp, rd;

  reg [31:0] a, b, got, want;
  reg equal;
  integer i, n, kind, wrong = 0, checks = 0;

  serv_alu dut (
      .clk(clk), .i_en(en), .i_cnt0(cnt0), .o_cmp(cmp), .i_sub(sub), .i_bool_op(bool_op),
      .i_cmp_eq(1'b1), .i_cmp_sig(1'b0), .i_rd_sel(rd_sel), .i_rs1(rs1), .i_op_b(op_b),
      .i_buf(1'b0), .o_rd(rd));

  always #5 clk = ~clk;

  initial begin
    for (n = 0; n < 40; n = n + 1) begin
      a = $random;
      b = n % 4 == 0 ? a : $random;
      kind = n % 5;
      sub = kind == 1;
      bool_op = kind == 3 ? 2'b10 : kind == 4 ? 2'b11 : 2'b00;
      rd_sel = kind < 2 ? 3'b001 : 3'b100;
      case (kind)
        0: want = a + b;
        1: want = a - b;
        2: want = a ^ b;
        3: want = a | b;
        default: want = a & b;
      endcase
      en = 0;
      @(negedge clk);
      en = 1;
      for (i = 0; i < 32; i = i + 1) begin
        cnt0 = i == 0;
        rs1  = a[i];
        op_b = b[i];
        #1 got[i] = rd;
        equal = cmp;
        @(negedge clk);
      end
      checks = checks + 1;
      if (got !== want || (kind == 1 && equal !== (a == b))) wrong = wrong + 1;
    end
    $display("Mismatches: %0d in %0d samples", wrong, checks);
    $finish;
  end
endmodule
