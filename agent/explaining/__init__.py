"""Explanations of modules: a computed page, and a model's prose of which every claim is checked."""
