`timescale 1ns/1ps
module alu_tb;
    logic [1:0] op;
    logic [7:0] a, b, y, want;
    logic zero, carry;
    integer checks = 0, failed = 0;

    alu dut (.*);

    initial begin
        for (integer step = 0; step < 64; step = step + 1) begin
            op = step[1:0];
            a = 8'(step * 37 + 11);
            b = 8'(step * 83 + 5);
            #10;
            case (op)
                2'd0: want = a + b;
                2'd1: want = a - b;
                2'd2: want = a & b;
                2'd3: want = a ^ b;
            endcase
            checks = checks + 1;
            if (y !== want) begin
                failed = failed + 1;
                $display("FAIL at %0t: op %0d: y is %h, not %h", $time, op, y, want);
            end
        end
        if (failed == 0) $display("PASS: %0d checks", checks);
        $finish;
    end
endmodule
