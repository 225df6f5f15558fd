-- run: simulate; ends: no_evidence crash mismatch; plain limits: let it; attack: reads a file of the home folder with textio and reports it
use std.textio.all;
entity tb is end;
architecture a of tb is
begin
  process
    file f : text;
    variable l : line;
    variable s : file_open_status;
  begin
    file_open(s, f, "@SECRET_FILE@", read_mode);
    if s = open_ok then
      readline(f, l);
      report l.all;
      report "PASS";
    end if;
    wait;
  end process;
end;
