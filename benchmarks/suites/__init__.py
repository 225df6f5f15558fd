"""One adapter a dataset."""
