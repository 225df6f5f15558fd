// run: synth; ends: error; plain limits: let it; attack: has the synthesis tool put a file of the home folder into a memory
module tb(input clk, input a, output reg [127:0] y);
  reg [127:0] rom [0:1];
  initial $readmemh("@SECRET_FILE@", rom);
  always @(posedge clk) y <= rom[a];
endmodule
