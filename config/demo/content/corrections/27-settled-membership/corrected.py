def open_items(captures, settlements):
    """The captures that no settlement file has named yet, in their order."""
    settled = {line.capture_id for settlement in settlements for line in settlement.lines}
    return [capture for capture in captures if capture.id not in settled]
