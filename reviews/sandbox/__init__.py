"""Runs other people's code where it can touch nothing of ours. See docs/sandbox.md."""
