"""The dataset card: what a version holds and how it came to be, with front matter for the Hub.

Everything in it follows from the manifest, so that it is the same wherever it is written.
"""

from typing import Any

from curation.export import OBJECTIVES, SPLITS
from curation.exports.croissant import licences_of
from curation.exports.kto_weights import kto_weights
from curation.exports.yaml_text import yaml_of
from curation.models import DatasetVersion
from curation.remains import files_of, lines_lost
from lib.scales import count

SIZES = ((10**3, "n<1K"), (10**4, "1K<n<10K"), (10**5, "10K<n<100K"), (10**6, "100K<n<1M"))
LARGEST = "1M<n<10M"
LEAKS = {"exact": "the same text", "words": "12 words in a row", "alike": "nearly the same"}
QUALITY = {
    "accuracy": "accuracy",
    "macro_f1": "macro-F1",
    "calibration_error": "calibration error",
}


def card_of(version: DatasetVersion) -> str:
    """The card in Markdown, below its front matter."""
    manifest = version.manifest
    return "\n".join(
        [
            "---",
            f"{yaml_of(front_matter(manifest | {'files': files_of(version)}))}---",
            "",
            f"# {_name(manifest)}",
            "",
            *_opening(manifest),
            *_erased(lines_lost(version)),
            *_how_it_came_to_be(manifest),
            *_composition(manifest),
            *_leakage(manifest.get("leakage")),
            *_labels(manifest.get("label_quality")),
            *_origin(manifest),
            *_training(version),
        ]
    )


def card_bytes(version: DatasetVersion) -> bytes:
    """The card as a file."""
    return card_of(version).encode() + b"\n"


def front_matter(manifest: dict[str, Any]) -> dict[str, Any]:
    """What the Hub reads: names, size, and which files are which split."""
    listed = [file["path"] for file in manifest["files"]]
    return {
        "pretty_name": _name(manifest),
        "license": _licence(licences_of(manifest)),
        "task_categories": ["text-generation"],
        "tags": ["code", "human-feedback", "preference", *filter(None, manifest["languages"])],
        "size_categories": [_size(manifest["rows"])],
        "configs": [
            {
                "config_name": objective,
                **({"default": True} if objective == OBJECTIVES[0] else {}),
                "data_files": [
                    {"split": split, "path": path}
                    for split in SPLITS
                    if (path := f"{objective}/{split}.jsonl") in listed
                ],
            }
            for objective in OBJECTIVES
            if any(path.startswith(f"{objective}/") for path in listed)
        ],
    }


def _opening(manifest: dict[str, Any]) -> list[str]:
    return [
        "Developers' corrections of code that a model wrote. A person accepted every row and gave"
        " it its category.",
        "",
        f"Content id `{manifest['content_id']}`: the SHA-256 over the digests of all files and of"
        f" the recipe `{manifest['recipe_sha256'][:12]}`. Decisions until {manifest['cutoff']}.",
        "",
    ]


def _erased(lines: int) -> list[str]:
    if not lines:
        return []
    return [
        f"**{count(lines)} lines were erased since it was frozen** and are left out of the files;"
        " the content id and the figures below are of what was frozen. manifest.json has"
        " the digests of the files as they are.",
        "",
    ]


def _how_it_came_to_be(manifest: dict[str, Any]) -> list[str]:
    steps = [
        [step["step"], count(step["kept"]), _reasons(step["dropped"])]
        for step in manifest["funnel"]
    ]
    return [
        "## From corrections to rows",
        "",
        *_table(["step", "kept", "dropped because"], steps),
        "",
        "Near-duplicates of a row are counted in its `weight` and are no rows.",
        "",
    ]


def _composition(manifest: dict[str, Any]) -> list[str]:
    found: dict[str, dict[str, int]] = {}
    for each in manifest["categories"]:
        found.setdefault(each["category"], {})[each["split"]] = each["rows"]
    rows = [
        [category, *(count(splits.get(split, 0)) for split in SPLITS)]
        for category, splits in sorted(found.items())
    ]
    totals = ["all", *(count(manifest["splits"].get(split, 0)) for split in SPLITS)]
    grouping = manifest["grouping"]
    return [
        "## Composition",
        "",
        *_table(["category", *SPLITS], [*rows, totals]),
        "",
        "Rows of one repository, session or family of near-duplicates never cross splits:"
        f" {count(grouping['groups'])} groups, the largest of {count(grouping['largest'])} rows.",
        "",
    ]


def _leakage(found: list[dict[str, Any]] | None) -> list[str]:
    if not found:
        return []
    rows = [
        [each["benchmark"], *(count(each[kind]) for kind in LEAKS), count(each["per_million"])]
        for each in found
    ]
    return [
        "## Leakage",
        "",
        "Rows that were in a benchmark were left out of every split. Before that, of each:",
        "",
        *_table(["benchmark", *LEAKS.values(), "rows in a million"], rows),
        "",
    ]


def _labels(found: dict[str, Any] | None) -> list[str]:
    if not found:
        return []
    how = "Dawid and Skene's model"
    how += " and a stacker over it" if found["aggregator"] == "stacker" else ""
    how += f", at temperature {found['temperature']:.2f}" if found["temperature"] != 1 else ""
    rows = [
        [name, f"{used[key]:.3f}", "{:.3f} to {:.3f}".format(*used[f"{key}_95"])]
        for used in [found["used"]]
        for key, name in QUALITY.items()
    ]
    return [
        "## Labels before people decided",
        "",
        "Rows have the category that a person gave them. What voters say before, which orders"
        f" their work, is made a label by {how}. On {count(found['verdicts'])} verdicts on items"
        f" that came up in random order, measured on {found['measured_on']}:",
        "",
        *_table(["figure", "value", "95 % interval"], rows),
        "",
    ]


def _origin(manifest: dict[str, Any]) -> list[str]:
    consent = (
        "Only code of repositories whose terms allow it is in it; the terms are in the recipe."
        if "consent" in manifest["recipe"]
        else "Nobody stated terms for the repositories it comes from."
    )
    languages = [[name or "not told", count(rows)] for name, rows in manifest["languages"].items()]
    return [
        "## Origin",
        "",
        f"Licences: {', '.join(licences_of(manifest))}. {consent} Secrets and personal data were"
        " masked before anything was stored.",
        "",
        *_table(["language", "rows"], languages),
        "",
    ]


def _training(version: DatasetVersion) -> list[str]:
    desirable, undesirable = kto_weights(version)
    return [
        "## Training",
        "",
        "`sft` is prompt and completion, `dpo` prompt, chosen and rejected, as TRL reads them. A"
        " row whose output was empty is in `sft` alone. Corrections are small edits, and a plain"
        " preference loss on small edits can make the chosen side less likely; `apo_zero` with"
        f" some SFT beside it does not. For KTO weigh {desirable} to {undesirable}.",
    ]


def _licence(stated: list[str]) -> str:
    """As the Hub knows it: one by its SPDX name, everything else as `other`."""
    return stated[0].lower() if len(stated) == 1 and " " not in stated[0] else "other"


def _table(head: list[str], rows: list[list[str]]) -> list[str]:
    lines = [head, ["---"] * len(head), *rows]
    return [f"| {' | '.join(map(_cell, line))} |" for line in lines]


def _cell(text: str) -> str:
    """On one line, and without what would end the cell: languages are what clients say."""
    return " ".join(text.replace("|", "\\|").split())


def _reasons(dropped: dict[str, int]) -> str:
    ranked = sorted(dropped.items(), key=lambda each: (-each[1], each[0]))
    return ", ".join(f"`{why}` {count(n)}" for why, n in ranked)


def _name(manifest: dict[str, Any]) -> str:
    return f"{manifest['project']} v{manifest['version']}"


def _size(rows: int) -> str:
    return next((name for most, name in SIZES if rows < most), LARGEST)
