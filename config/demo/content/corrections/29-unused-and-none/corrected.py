def to_filter(data: dict) -> dict:
    """The index's filter for what the person asked."""
    terms = {}
    if data.get("account") is not None:
        terms["account"] = data["account"]
    if data.get("only_open"):
        terms["state"] = "open"
    if data.get("currency"):
        terms["currency"] = data["currency"].upper()
    return terms
