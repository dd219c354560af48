"""For the fine-tuning API of OpenAI, and for who reads its files: Together, Fireworks and others.

Lines have the keys that are documented and no other, because a strict reader refuses the file for
one it does not know. What else is known of a row is in the folder `…-rows`, at the same line.
"""

from django.utils.translation import gettext_noop

from curation.export import Row, about, is_pair, says
from curation.exports.files import File, Format, Per, Shape, line_files
from curation.models import DatasetVersion


def chat(content: Row) -> list[Row]:
    """A conversation; the answer is trained on."""
    answer = {**says("assistant", content["good"]), "weight": 1}
    return [{"messages": [says("user", content["prompt"]), answer]}]


def preference(content: Row) -> list[Row]:
    """What was asked, the right answer and the model's."""
    if not is_pair(content):
        return []
    asked = [says("user", content["prompt"])]
    return [
        {
            "input": {"messages": asked, "tools": [], "parallel_tool_calls": True},
            "preferred_output": [says("assistant", content["good"])],
            "non_preferred_output": [says("assistant", content["bad"])],
        }
    ]


def rows(content: Row) -> list[Row]:
    """What is known of the row of a conversation."""
    return [about(content)]


def pairs(content: Row) -> list[Row]:
    """What is known of the row of a preference."""
    return [about(content)] if is_pair(content) else []


def files(version: DatasetVersion) -> list[File]:
    """Two folders to upload, and two that say what the lines are."""
    return line_files(version, *SHAPES)


SHAPES = (
    Shape("chat", Per.ROW, chat),
    Shape("chat-rows", Per.ROW, rows),
    Shape("preference", Per.PAIR, preference),
    Shape("preference-rows", Per.PAIR, pairs),
)
FORMAT = Format("openai", "OpenAI", gettext_noop("chat and preference fine-tuning"), files)
