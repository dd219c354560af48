"""Plain texts, for whatever else reads JSON lines or tables: a row each, a column a key."""

from django.utils.translation import gettext_noop

from curation.export import Row, about
from curation.exports.files import File, Format, Per, Shape, line_files
from curation.models import DatasetVersion


def plain(content: Row) -> list[Row]:
    """The row with its three texts as they are."""
    texts = {"prompt": content["prompt"], "chosen": content["good"], "rejected": content["bad"]}
    return [{**about(content), **texts}]


def files(version: DatasetVersion) -> list[File]:
    """A file for each split."""
    return line_files(version, Shape("rows", Per.ROW, plain))


FORMAT = Format("jsonl", "JSON lines", gettext_noop("plain texts, a row a line"), files)
