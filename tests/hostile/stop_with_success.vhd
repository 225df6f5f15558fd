-- run: simulate; ends: no_evidence; attack: ends with status 0 before anything was checked
entity tb is end;
architecture a of tb is
begin
  process
  begin
    std.env.stop(0);
    wait;
  end process;
end;
