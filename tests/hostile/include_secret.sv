// run: simulate; ends: compile_error; plain limits: let it; attack: includes a file of the home folder, so that messages quote it
module tb;
  `include "@SECRET_FILE@"
endmodule
