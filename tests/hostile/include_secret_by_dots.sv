// run: lint; ends: error; attack: includes the same file by way of the parent folders
module tb;
  `include "../../../../../../../..@SECRET_FILE@"
endmodule
