// run: lint; ends: error; attack: includes /etc/passwd, so that messages quote it
module tb;
  `include "/etc/passwd"
endmodule
