from exports.writers import CsvWriter, JsonLinesWriter, Mt940Writer, XlsxWriter

WRITERS = {
    "csv": CsvWriter,
    "jsonl": JsonLinesWriter,
    "mt940": Mt940Writer,
    "xlsx": XlsxWriter,
}


def writer_for(format, stream):
    """The writer of an export format; ValueError names those there are."""
    if format not in WRITERS:
        raise ValueError(f"{format!r} is none of {', '.join(WRITERS)}")
    return WRITERS[format](stream)
