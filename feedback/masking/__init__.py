"""Secrets and personal data in captured text: found, and replaced before anything is stored.

Pure: texts, a pepper and patterns in, texts out. docs/masking.md says what is found and what is
not.
"""
