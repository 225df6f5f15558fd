// A small ALU with one operation missing.
module alu (
    input  logic [1:0] op,
    input  logic [7:0] a,
    input  logic [7:0] b,
    output logic [7:0] y,
    output logic       zero,
    output logic       carry
);

    logic [8:0] sum;

    assign sum = a + b;
    assign carry = sum[8];
    assign zero = y == 8'd0;

    always_comb
        case (op)
            2'd0: y = sum[7:0];
            2'd1: y = a - b;
            2'd2: y = a & b;
            default: y = 8'd0;
        endcase

endmodule
