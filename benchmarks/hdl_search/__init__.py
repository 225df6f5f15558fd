"""hdl-search: how well is code found by what its authors said about it, once they no longer do."""
