"""For TRL: conversations, prompt and completion, preferences, and single answers with a verdict.

https://huggingface.co/docs/trl/dataset_formats; columns it does not know are kept and not read.
"""

import json

from django.utils.translation import gettext_noop

from curation.export import Row, about, is_pair, says, shaped
from curation.exports.files import File, Format, Per, Shape, beside, line_files
from curation.exports.kto_weights import kto_weights
from curation.models import DatasetVersion


def conversation(content: Row) -> list[Row]:
    """SFT: what was asked, and what is right."""
    messages = [says("user", content["prompt"]), says("assistant", content["good"])]
    return [{**about(content), "messages": messages}]


def completion(content: Row) -> list[Row]:
    """Prompt and completion: trained on the completion alone."""
    return [shaped("sft", content)]


def preference(content: Row) -> list[Row]:
    """DPO: the right one above the model's."""
    return [shaped("dpo", content)] if is_pair(content) else []


def verdicts(content: Row) -> list[Row]:
    """KTO: the right one as desirable, the model's as not."""
    line = {**about(content), "prompt": [says("user", content["prompt"])]}
    answers = [(content["good"], True)] + [(content["bad"], False)] * is_pair(content)
    return [
        {**line, "completion": [says("assistant", text)], "label": label} for text, label in answers
    ]


def arguments(version: DatasetVersion) -> bytes:
    """What `KTOConfig` is to be given."""
    desirable, undesirable = (float(weight) for weight in kto_weights(version))
    told = {"desirable_weight": desirable, "undesirable_weight": undesirable}
    return json.dumps(told, indent=2).encode() + b"\n"


def files(version: DatasetVersion) -> list[File]:
    """Four folders, and what KTO is to be told beside its own."""
    return [*line_files(version, *SHAPES), beside("kto/arguments.json", arguments, version)]


SHAPES = (
    Shape("sft", Per.ROW, conversation),
    Shape("prompt-completion", Per.ROW, completion),
    Shape("dpo", Per.PAIR, preference),
    Shape("kto", Per.SIDE, verdicts),
)
FORMAT = Format("trl", "TRL", gettext_noop("SFT, prompt and completion, DPO and KTO"), files)
