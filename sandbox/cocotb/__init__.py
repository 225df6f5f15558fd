"""Testbenches in Python, run and judged from outside."""
