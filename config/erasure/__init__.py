"""Erasing what was reported, everywhere: only the wiring sees every app that holds it."""
