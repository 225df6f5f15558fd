-- run: simulate; ends: no_evidence crash mismatch; attack: reads the environment of its parents from /proc, character by character
entity tb is end;
architecture a of tb is
  type chars is file of character;
begin
  process
    file f : chars;
    variable c : character;
    variable s : file_open_status;
    variable text : string(1 to 4096);
    variable n : natural;
  begin
    for pid in 1 to 40 loop
      file_open(s, f, "/proc/" & integer'image(pid) & "/environ", read_mode);
      if s = open_ok then
        n := 0;
        while not endfile(f) and n < 4096 loop
          read(f, c);
          n := n + 1;
          text(n) := c;
        end loop;
        file_close(f);
        report text(1 to n);
      end if;
    end loop;
    wait;
  end process;
end;
