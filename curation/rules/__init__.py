"""Labelers, a file each: pure functions from an example's evidence to an opinion."""
