"""For Axolotl: conversations that train on what the developer changed, preferences, and verdicts.

Beside each folder is the part of a configuration that reads it; without its
`message_field_training_detail` nothing looks at the spans.
"""

from functools import partial
from typing import Any

from django.utils.translation import gettext_noop

from curation.export import SPLITS, Row, about, is_pair, says
from curation.exports.edit_spans import edit_spans
from curation.exports.files import File, Format, Per, Shape, beside, line_files, rows_of
from curation.exports.kto_weights import kto_weights
from curation.exports.yaml_text import yaml_of
from curation.models import DatasetVersion


def conversation(content: Row) -> list[Row]:
    """SFT: of the answer only what the model had not written is trained on."""
    asked = {**says("user", content["prompt"]), "train_detail": []}
    spans = [
        {"begin_offset": span.start, "end_offset": span.end - 1, "train": span.is_new}
        for span in edit_spans(content["bad"], content["good"])
    ]
    answer = {**says("assistant", content["good"]), "train_detail": spans}
    return [{**about(content), "messages": [asked, answer]}]


def preference(content: Row) -> list[Row]:
    """DPO: what was asked, and one message for each side."""
    if not is_pair(content):
        return []
    return [
        {
            **about(content),
            "messages": [says("user", content["prompt"])],
            "chosen": says("assistant", content["good"]),
            "rejected": says("assistant", content["bad"]),
        }
    ]


def verdicts(content: Row) -> list[Row]:
    """KTO: prompt and completion as texts, with a label."""
    line = {**about(content), "prompt": content["prompt"]}
    answers = [(content["good"], True)] + [(content["bad"], False)] * is_pair(content)
    return [{**line, "completion": text, "label": label} for text, label in answers]


def configuration(shape: Shape, version: DatasetVersion) -> bytes:
    """The part of a configuration that reads the shape's files; paths are below its own folder."""
    paths = {
        split: f"{shape.folder}/{split}.jsonl"
        for split in SPLITS
        if rows_of(version, shape.per, split)
    }
    told: dict[str, Any] = dict(RUN.get(shape.folder, {}))
    if shape.folder == "kto":
        desirable, undesirable = (float(weight) for weight in kto_weights(version))
        told |= {"kto_desirable_weight": desirable, "kto_undesirable_weight": undesirable}
    for key, split in (("datasets", "train"), ("test_datasets", "validation")):
        if split in paths:
            source = {"path": paths[split], "ds_type": "json", "split": "train"}
            told[key] = [source | READ[shape.folder]]
    return yaml_of(told).encode()


def files(version: DatasetVersion) -> list[File]:
    """Three folders, each with the part of a configuration that reads it."""
    parts = [
        beside(f"{shape.folder}.yml", partial(configuration, shape), version) for shape in SHAPES
    ]
    return [*parts, *line_files(version, *SHAPES)]


SHAPES = (
    Shape("sft", Per.ROW, conversation),
    Shape("dpo", Per.PAIR, preference),
    Shape("kto", Per.SIDE, verdicts),
)
RUN: dict[str, dict[str, Any]] = {
    "dpo": {"rl": "dpo"},
    "kto": {"rl": "kto", "remove_unused_columns": False},
}
READ: dict[str, dict[str, Any]] = {
    "sft": {
        "type": "chat_template",
        "field_messages": "messages",
        "message_field_training_detail": "train_detail",
    },
    "dpo": {
        "type": "chat_template.default",
        "field_messages": "messages",
        "field_chosen": "chosen",
        "field_rejected": "rejected",
    },
    "kto": {
        "type": {
            "field_prompt": "prompt",
            "field_completion": "completion",
            "field_label": "label",
        },
    },
}
FORMAT = Format(
    "axolotl", "Axolotl", gettext_noop("SFT on the edited spans, DPO and KTO, with YAML"), files
)
