"""Report what developers do with generated code to Emend, without ever being in the way."""

from emend_client.client import Emend
from emend_client.counting import Stats
from emend_client.delivery import Limits
from emend_client.generations import Generation
from emend_client.survival import DELAYS, file_reader, share_left
from emend_client.version import VERSION as __version__

__all__ = [
    "DELAYS",
    "Emend",
    "Generation",
    "Limits",
    "Stats",
    "__version__",
    "file_reader",
    "share_left",
]
