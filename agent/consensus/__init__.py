"""Choosing among candidates by what they do: same stimuli to all, grouped by output trace."""
