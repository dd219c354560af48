from exports.writers import CsvWriter, JsonLinesWriter, Mt940Writer, XlsxWriter


def writer_for(format, stream):
    """The writer of an export format."""
    if format == "csv":
        return CsvWriter(stream)
    elif format == "jsonl":
        return JsonLinesWriter(stream)
    elif format == "xlsx":
        return XlsxWriter(stream)
    elif format == "mt940":
        return Mt940Writer(stream)
    else:
        raise ValueError("unknown format")
