"""Rules of our own for languages that ruff and bandit do not read: a file for each subject.

Each is a query over a tree-sitter tree. A file here that has PATTERNS is asked by itself
(`curation.rules.trees`); its rules are named category/what, and the category is what they vote.
"""
