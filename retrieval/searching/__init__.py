"""Question -> evidence: channels, fusion, the walk through the graph."""
