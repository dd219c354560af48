"""A version as Croissant 1.1 tells it: its files by digest, their columns, where they come from.

https://docs.mlcommons.org/croissant; everything in it follows from the manifest.
"""

import json
from typing import Any

from curation.export import WEIGHTED
from curation.models import DatasetVersion
from curation.remains import files_of

JSON_LD: dict[str, Any] = {"@type": "@json"}
PLAIN = (
    *("citeAs", "column", "equivalentProperty", "extract", "field", "fileProperty", "fileObject"),
    *("fileSet", "format", "includes", "isLiveDataset", "jsonPath", "key", "md5", "parentField"),
    *("path", "recordSet", "references", "regex", "repeated", "replace", "samplingRate"),
    *("separator", "source", "subField", "transform"),
)
CONTEXT: dict[str, Any] = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "cr": "http://mlcommons.org/croissant/",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "dct": "http://purl.org/dc/terms/",
    "sc": "https://schema.org/",
    "conformsTo": "dct:conformsTo",
    "data": {"@id": "cr:data"} | JSON_LD,
    "examples": {"@id": "cr:examples"} | JSON_LD,
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    **{name: f"cr:{name}" for name in PLAIN},
}
TEXT, WHOLE = "sc:Text", "sc:Integer"
COLUMNS = {
    "row_id": (TEXT, "SHA-256 over the canonical content of the row"),
    "category": (TEXT, "What kind of fault a person found in the output"),
    "severity": (TEXT, "low, medium, high, critical, or empty"),
    "language": (TEXT, "Programming language; empty where not told"),
    "repository": (TEXT, "Where the code was written; empty where not told"),
    "file_path": (TEXT, "The file in it; empty where not told"),
    "model_name": (TEXT, "The model that wrote the rejected code; empty where not told"),
    "support": (WHOLE, "How many corrections say the same"),
}
SINCE_WEIGHTED = {"weight": (WHOLE, "How many corrections the row stands for, near ones too")}
LISTS = {"feedback_ids": "The corrections that say the same"}
LISTS_SINCE_WEIGHTED = {"near_feedback_ids": "The corrections that say nearly the same"}
MESSAGES = {
    "prompt": "What the model was asked",
    "completion": "The accepted code",
    "chosen": "The accepted code",
    "rejected": "The model's output",
}
OF = {"sft": ("prompt", "completion"), "dpo": ("prompt", "chosen", "rejected")}


def croissant_of(version: DatasetVersion) -> dict[str, Any]:
    """The description as JSON-LD."""
    manifest = version.manifest
    name = f"{manifest['project']}-v{manifest['version']}"
    return {
        "@context": CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": "http://mlcommons.org/croissant/1.1",
        "name": name,
        "description": "Developers' corrections of AI-written code, each accepted by a person.",
        "url": f"urn:sha256:{manifest['content_id']}",
        "version": f"{manifest['version']}.0.0",
        "datePublished": manifest["cutoff"],
        "license": licences_of(manifest),
        "citeAs": f"{name}, sha256 {manifest['content_id']}",
        "creator": {"@type": "sc:Organization", "name": manifest["project"]},
        "keywords": ["code", "human feedback", "preference"],
        **RESPONSIBLE,
        "distribution": [_file(each) for each in files_of(version)],
        "recordSet": [_records(version, each["path"]) for each in files_of(version)],
    }


def croissant_bytes(version: DatasetVersion) -> bytes:
    """The description as a file."""
    return json.dumps(croissant_of(version), indent=2, ensure_ascii=False).encode() + b"\n"


def licences_of(manifest: dict[str, Any]) -> list[str]:
    """The licences of the repositories that it may hold code of, as the terms in its recipe say."""
    terms = manifest["recipe"].get("consent", {}).get("repositories", {})
    stated = {licence for may_learn, licence in terms.values() if may_learn and licence}
    return sorted(stated) or ["not stated"]


RESPONSIBLE = {
    "rai:dataCollection": "Reported by editors, agents and SDKs when developers corrected a model.",
    "rai:dataAnnotationProtocol": "Every row was accepted, with its category, by a reviewer.",
    "rai:personalSensitiveInformation": "Secrets and personal data are masked before storing.",
    "rai:dataUseCases": "Fine-tuning of code models: supervised and by preference.",
}


def _file(listed: dict[str, Any]) -> dict[str, Any]:
    return {
        "@type": "cr:FileObject",
        "@id": listed["path"],
        "name": listed["path"],
        "contentUrl": listed["path"],
        "contentSize": f"{listed['bytes']} B",
        "encodingFormat": "application/jsonlines",
        "sha256": listed["sha256"],
    }


def _records(version: DatasetVersion, path: str) -> dict[str, Any]:
    name = path.removesuffix(".jsonl").replace("/", "-")
    is_weighted = version.recipe["format"] >= WEIGHTED
    singles = COLUMNS | (SINCE_WEIGHTED if is_weighted else {})
    lists = LISTS | (LISTS_SINCE_WEIGHTED if is_weighted else {})
    messages = {column: MESSAGES[column] for column in OF[path.split("/")[0]]}
    content = {"transform": {"jsonPath": "content"}}
    return {
        "@type": "cr:RecordSet",
        "@id": name,
        "name": name,
        "key": {"@id": f"{name}/row_id"},
        "field": [
            *(_field(name, path, each, *said) for each, said in singles.items()),
            *(_field(name, path, each, TEXT, said, {}) for each, said in lists.items()),
            *(_field(name, path, each, TEXT, said, content) for each, said in messages.items()),
        ],
    }


def _field(
    records: str, path: str, column: str, type: str, says: str, many: dict[str, Any] | None = None
) -> dict[str, Any]:
    """A column; `many` says that it has several values, and how each is read."""
    source = {"fileObject": {"@id": path}, "extract": {"column": column}} | (many or {})
    field = {
        "@type": "cr:Field",
        "@id": f"{records}/{column}",
        "name": column,
        "description": says,
        "dataType": type,
        "source": source,
    }
    return field if many is None else field | {"repeated": True}
