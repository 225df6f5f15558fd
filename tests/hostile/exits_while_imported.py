# run: cocotb; ends: no_evidence crash mismatch tampered; attack: ends Python with status 0 before any test is found
import sys

print("PASS")
sys.exit(0)
