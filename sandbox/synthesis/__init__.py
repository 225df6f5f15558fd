"""From a design to gates, and to an FPGA's Fmax."""
