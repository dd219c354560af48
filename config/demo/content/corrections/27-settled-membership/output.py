def open_items(captures, settlements):
    """The captures that no settlement file has named yet, in their order."""
    settled = []
    for settlement in settlements:
        settled.extend([line.capture_id for line in settlement.lines])
    items = []
    for capture in captures:
        if capture.id not in settled:
            items.append(capture)
    return items
