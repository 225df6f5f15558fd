"""Waveform files: read, named, drawn."""
