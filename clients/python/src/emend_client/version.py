"""The version, for the wheel, the package and what the server sees."""

VERSION = "0.1.0"
