"""The clients that people already run, each in its own words: one pure adapter a client.

docs/clients.md says how to write one.
"""
