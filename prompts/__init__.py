"""Prompt templates as data, and their loader."""
