"""For LLaMA-Factory: lines in the Alpaca shape, and the `dataset_info.json` that names them.

Its folder is given as `dataset_dir`, names from the file as `dataset`.
"""

import json
from typing import Any

from django.utils.translation import gettext_noop

from curation.export import Row, about, is_pair
from curation.exports.files import File, Format, Per, Shape, beside, line_files
from curation.models import DatasetVersion

ASKED = {"prompt": "instruction", "query": "input"}
SIDES = {"chosen": "chosen", "rejected": "rejected"}


def instruction(content: Row) -> list[Row]:
    """SFT: an instruction and its output."""
    return [{**_asked(content), "output": content["good"]}]


def ranking(content: Row) -> list[Row]:
    """DPO: an instruction with two outputs."""
    if not is_pair(content):
        return []
    return [{**_asked(content), "chosen": content["good"], "rejected": content["bad"]}]


def verdicts(content: Row) -> list[Row]:
    """KTO: an instruction and one output, with its verdict."""
    outputs = [(content["good"], True)] + [(content["bad"], False)] * is_pair(content)
    return [{**_asked(content), "output": text, "kto_tag": tag} for text, tag in outputs]


def dataset_info(version: DatasetVersion) -> bytes:
    """Each file by the name that a configuration calls it."""
    told = {
        _name(version, file.path): {"file_name": file.path} | READ[file.path.split("/")[0]]
        for file in line_files(version, *SHAPES)
    }
    return json.dumps(told, indent=2, sort_keys=True).encode() + b"\n"


def files(version: DatasetVersion) -> list[File]:
    """Three folders, and the file that LLaMA-Factory looks for."""
    info = beside("dataset_info.json", dataset_info, version)
    return [info, *line_files(version, *SHAPES)]


def _asked(content: Row) -> Row:
    return {**about(content), "instruction": content["prompt"], "input": ""}


def _name(version: DatasetVersion, path: str) -> str:
    folder, split = path.removesuffix(".jsonl").split("/")
    return f"{version.project.slug}_v{version.number}_{folder}_{split}"


SHAPES = (
    Shape("sft", Per.ROW, instruction),
    Shape("dpo", Per.PAIR, ranking),
    Shape("kto", Per.SIDE, verdicts),
)
READ: dict[str, dict[str, Any]] = {
    "sft": {"columns": ASKED | {"response": "output"}},
    "dpo": {"ranking": True, "columns": ASKED | SIDES},
    "kto": {"columns": ASKED | {"response": "output", "kto_tag": "kto_tag"}},
}
FORMAT = Format(
    "llama-factory", "LLaMA-Factory", gettext_noop("SFT, DPO and KTO with dataset_info.json"), files
)
