"""Runs the pipelines of docs/iam/examples on a sandbox, each job on a machine with nothing but what it installs."""
