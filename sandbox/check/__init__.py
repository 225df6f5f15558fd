"""The CI job: what to check in a repository, how, and in which format to tell."""
