"""The stages of curation: pure functions over batches of rows, with their criteria in a recipe."""
