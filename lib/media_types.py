"""What files are called over HTTP, where it is said in more than one place."""

JSON_LINES, PARQUET = "application/jsonl", "application/vnd.apache.parquet"
