-- run: simulate; ends: no_evidence crash compile_error mismatch; plain limits: let it; attack: binds a foreign function to the C library's system()
entity tb is end;
architecture a of tb is
  procedure sys(command : string);
  attribute foreign of sys : procedure is "VHPIDIRECT system";
  procedure sys(command : string) is
  begin
    report "not foreign" severity failure;
  end;
begin
  process
  begin
    sys("cat @SECRET_FILE@; echo PASS; echo x > @OUTSIDE@" & nul);
    wait;
  end process;
end;
