"""Measuring scripts and their latest results."""
