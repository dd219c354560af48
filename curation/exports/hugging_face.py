"""The version's own files, as they were hashed, with the card and the descriptions beside them.

`datasets.load_dataset` and the Hub read the folder as it is; TRL trains on its files.
"""

from functools import partial

import orjson
from django.utils.translation import gettext_noop

from curation.export import lines
from curation.exports.card import card_bytes
from curation.exports.croissant import croissant_bytes
from curation.exports.files import File, Format, beside
from curation.models import DatasetVersion
from curation.remains import files_of, said_of

SHOWN = orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE


def manifest_bytes(version: DatasetVersion) -> bytes:
    """The manifest as it was frozen, and beside it what was erased since."""
    return orjson.dumps(version.manifest | said_of(version), option=SHOWN)


def files(version: DatasetVersion) -> list[File]:
    """What the manifest lists, the manifest, the card and the Croissant description."""
    return [
        beside("README.md", card_bytes, version),
        beside("croissant.json", croissant_bytes, version),
        beside("manifest.json", manifest_bytes, version),
        *(
            File(each["path"], each["rows"], partial(lines, version, each["path"]))
            for each in files_of(version)
        ),
    ]


FORMAT = Format(
    "hugging-face", "Hugging Face", gettext_noop("as it was hashed, with card and Croissant"), files
)
