import io
import json
import zipfile
from pathlib import Path

import pyarrow.parquet as pq
import pytest
import yaml
from datasets import load_dataset

from curation import datasets as freezing
from curation.export import NoSuchFile, content_id
from curation.exports.catalogue import BY_NAME, FORMATS, offered, pieces_of
from lib.clock import now
from tests.builders import make_curator, make_project
from tests.curation_builders import make_accepted

pytestmark = pytest.mark.django_db
# Quotes, line separators that are none in JSON lines, astral characters, control characters
ODD = 's = "é\u2028\u2029😀\\"\t\x1f"\r\n'
ABOUT = {
    *("row_id", "feedback_ids", "support", "near_feedback_ids", "weight", "category", "severity"),
    *("language", "repository", "file_path", "model_name"),
}


@pytest.fixture
def version():
    """Nine rows: in two nothing was rejected, one is odd in every way."""
    project = make_project()
    for number in range(6):
        make_accepted(project, repository=f"acme/part-{number}", client_id=f"row-{number}")
    for number in range(2):
        ideal = f"def made_up_{number}(): return {number}\n" * (number + 1)
        changes = {"repository": "acme/part-0", "output": "", "ideal": ideal}
        make_accepted(project, client_id=f"empty-{number}", **changes)
    odd = {"prompt": ODD, "output": f"x = 1\n{ODD}", "ideal": f"{ODD}y = 2", "language": "a|b\n"}
    make_accepted(project, client_id="odd", repository="acme/part-0", **odd)
    made = freezing.request(project, make_curator(project), now())
    freezing.build(made)
    made.refresh_from_db()
    return made


def bytes_of(version, name):
    return b"".join(pieces_of(version, name))


def lines_of(version, name):
    return [json.loads(line) for line in bytes_of(version, name).split(b"\n")[:-1]]


def every_file(version):
    return [(each.format.name, file) for each in offered(version) for file in each.files]


def test_every_line_file_has_its_rows_and_every_key_on_every_row(version):
    for name, file in every_file(version):
        if not file.path.endswith(".jsonl"):
            continue
        rows = lines_of(version, f"{name}/{file.path}")
        assert len(rows) == file.rows
        assert len({tuple(sorted(row)) for row in rows}) == 1
        if name != "openai" or "-rows/" in file.path:
            assert set(rows[0]) >= ABOUT


def test_all_bytes_are_the_same_the_next_time(version):
    for each in FORMATS:
        assert bytes_of(version, f"{each.name}.zip") == bytes_of(version, f"{each.name}.zip")
    for name, file in every_file(version):
        assert b"".join(file.pieces()) == b"".join(file.pieces()), (name, file.path)


def test_an_archive_holds_the_files_as_they_are(version):
    for each in offered(version):
        archive = zipfile.ZipFile(io.BytesIO(bytes_of(version, each.archive)))
        assert archive.testzip() is None
        folder = f"{version.project.slug}-v1"
        assert archive.namelist() == [f"{folder}/{file.path}" for file in each.files]
        for name, file in each.named:
            assert archive.read(f"{folder}/{file.path}") == bytes_of(version, name)


def test_exports_leave_the_version_as_it_was(version):
    before = (version.content_id, version.manifest)
    for name, file in every_file(version):
        assert b"".join(file.pieces()), (name, file.path)
    version.refresh_from_db()
    assert (version.content_id, version.manifest) == before
    files = {file["path"]: file["sha256"] for file in version.manifest["files"]}
    assert content_id(files, version.recipe) == version.content_id


@pytest.mark.parametrize(
    "name", ["trl", "trl/", "trl/nope", "trl.zip/x", "x.zip", "", "trl/../manifest.json"]
)
def test_what_there_is_not_is_not_found(version, name):
    with pytest.raises(NoSuchFile):
        pieces_of(version, name)


def test_a_version_that_is_not_frozen_has_no_exports():
    project = make_project()
    make_accepted(project)
    version = freezing.request(project, make_curator(project), now())
    assert offered(version) == []
    with pytest.raises(NoSuchFile):
        pieces_of(version, "trl.zip")


def by_row(version, name):
    return {row["row_id"]: row for row in lines_of(version, name)}


def test_trl_has_four_shapes_of_the_same_rows(version):
    own = by_row(version, "hugging-face/sft/train.jsonl")
    assert by_row(version, "trl/prompt-completion/train.jsonl") == own
    for row_id, row in by_row(version, "trl/sft/train.jsonl").items():
        assert row["messages"] == own[row_id]["prompt"] + own[row_id]["completion"]
    verdicts = lines_of(version, "trl/kto/train.jsonl")
    pairs = lines_of(version, "trl/dpo/train.jsonl")
    assert [row["label"] for row in verdicts].count(True) == len(own)
    undesirable = [row["completion"] for row in verdicts if not row["label"]]
    assert undesirable == [row["rejected"] for row in pairs]


def test_a_row_where_nothing_was_rejected_is_in_no_pair(version):
    for shape in ("trl/dpo", "openai/preference-rows", "llama-factory/dpo", "axolotl/dpo"):
        pairs = [
            row
            for name, file in every_file(version)
            if f"{name}/{file.path}".startswith(f"{shape}/")
            for row in lines_of(version, f"{name}/{file.path}")
        ]
        assert len(pairs) == 7
        assert not any(each.startswith("fe_empty") for row in pairs for each in row["feedback_ids"])


def test_openai_lines_have_the_documented_keys_alone(version):
    chat = lines_of(version, "openai/chat/train.jsonl")
    assert all(set(row) == {"messages"} for row in chat)
    assert [message["role"] for message in chat[0]["messages"]] == ["user", "assistant"]
    assert all(row["messages"][1]["weight"] == 1 for row in chat)
    named = lines_of(version, "openai/chat-rows/train.jsonl")
    own = lines_of(version, "hugging-face/sft/train.jsonl")
    assert [row["row_id"] for row in named] == [row["row_id"] for row in own]
    assert [row["messages"][0] for row in chat] == [row["prompt"][0] for row in own]
    pair = lines_of(version, "openai/preference/train.jsonl")[0]
    assert set(pair) == {"input", "preferred_output", "non_preferred_output"}
    assert set(pair["input"]) == {"messages", "tools", "parallel_tool_calls"}


def test_axolotl_trains_on_what_the_model_had_not_written(version):
    for row in lines_of(version, "axolotl/sft/train.jsonl"):
        asked, answer = row["messages"]
        assert asked["train_detail"] == []
        told = [
            (answer["content"][each["begin_offset"] : each["end_offset"] + 1], each["train"])
            for each in answer["train_detail"]
        ]
        assert "".join(piece for piece, _ in told) == answer["content"]
        new = [piece for piece, is_new in told if is_new]
        assert new == ["json.loads"] or not row["feedback_ids"][0].startswith("fe_row")
        assert new


def test_configurations_name_files_that_are_there(version):
    paths = {file.path for name, file in every_file(version) if name == "axolotl"}
    for shape in ("sft", "dpo", "kto"):
        read = yaml.safe_load(bytes_of(version, f"axolotl/{shape}.yml"))
        named = [
            each["path"] for key in ("datasets", "test_datasets") for each in read.get(key, [])
        ]
        assert f"{shape}/train.jsonl" in named
        assert set(named) <= paths
    info = json.loads(bytes_of(version, "llama-factory/dataset_info.json"))
    lines = {file.path for name, file in every_file(version) if name == "llama-factory"}
    assert {each["file_name"] for each in info.values()} == lines - {"dataset_info.json"}


def test_parquet_reads_back_as_the_plain_rows(version):
    for _, file in filter(lambda each: each[0] == "parquet", every_file(version)):
        table = pq.read_table(io.BytesIO(bytes_of(version, f"parquet/{file.path}")))
        split = file.path.removesuffix(".parquet")
        assert table.to_pylist() == [
            {name: row[name] for name in table.column_names}
            for row in lines_of(version, f"jsonl/rows/{split}.jsonl")
        ]
        assert set(table.column_names) == ABOUT | {"prompt", "chosen", "rejected"}


def test_the_card_tells_the_hub_and_the_reader(version):
    card = bytes_of(version, "hugging-face/README.md").decode()
    _, front, body = card.split("---\n", 2)
    told = yaml.safe_load(front)
    assert [each["config_name"] for each in told["configs"]] == ["sft", "dpo"]
    assert told["size_categories"] == ["n<1K"]
    listed = {file["path"] for file in version.manifest["files"]}
    named = {each["path"] for config in told["configs"] for each in config["data_files"]}
    assert named == listed
    assert version.content_id in body
    assert "| a\\|b | 1 |" in body


def test_datasets_loads_the_folder_by_its_card(version, tmp_path):
    for file in BY_NAME["hugging-face"].files(version):
        path = Path(tmp_path, "data", file.path)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"".join(file.pieces()))
    rows = {file["path"]: file["rows"] for file in version.manifest["files"]}
    for config in ("sft", "dpo"):
        found = load_dataset(str(tmp_path / "data"), config, cache_dir=str(tmp_path / "cache"))
        assert {f"{config}/{split}.jsonl": len(each) for split, each in found.items()} == {
            path: n for path, n in rows.items() if path.startswith(config)
        }
        odd = [row for each in found.values() for row in each if "fe_odd" in row["feedback_ids"]]
        assert odd[0]["prompt"] == [{"role": "user", "content": ODD}]
