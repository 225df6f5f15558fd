"""What a request states in a notation: truth tables, Karnaugh maps, waveforms, state machines."""
