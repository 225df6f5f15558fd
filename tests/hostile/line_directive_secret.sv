// run: lint; ends: error; attack: makes a message point into a secret file, hoping that it is quoted
`line 1 "@SECRET_FILE@" 0
module tb;
  assign missing = nothing;
endmodule
