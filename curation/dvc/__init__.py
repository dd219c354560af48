"""What DVC reads: a bare git repository, and a store of files by their MD5."""
