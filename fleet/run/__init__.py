"""Runs spokes, in waves."""
