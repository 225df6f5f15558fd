-- run: simulate; ends: crash timeout mismatch; attack: says PASS and allocates for ever
entity tb is end;
architecture a of tb is
  type block_t is array (0 to 1_000_000) of integer;
  type pointer is access block_t;
begin
  process
    variable p : pointer;
  begin
    report "PASS";
    loop
      p := new block_t'(others => 1);
    end loop;
  end process;
end;
