"""A repository on disk -> the index, built, updated and watched."""
