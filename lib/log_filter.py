"""Keys that stand in an address, kept out of every log."""

import logging
import re

PREFIX = "emk_"  # as governance.keys has it; settings are read before any model is
SECRET = re.compile(rf"{PREFIX}[\w-]*")


class KeysHidden(logging.Filter):
    """Shows no ingest key: some clients can only send one in the path."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Let everything pass, keys blotted out."""
        text = record.getMessage()
        if PREFIX in text:
            record.msg, record.args = SECRET.sub(f"{PREFIX}…", text), None
        return True
