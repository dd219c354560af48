"""Shapes and pure checks: no database."""

from datetime import UTC, datetime

import pytest

from feedback.blobs import blob_id
from feedback.ingest import digest_of
from feedback.models import Reaction, Severity
from feedback.pack import NotAPackLine, records_of
from feedback.records import CorrectionRecord, Flawed, ReactionRecord, Span, extent, read
from lib.wilson import wilson
from tests.feedback_builders import correction, generation, reaction

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


def test_the_shapes_know_the_kinds_and_severities_of_the_models():
    kinds = ReactionRecord.model_fields["kind"].annotation.__args__
    severities = CorrectionRecord.model_fields["severity"].annotation.__args__
    assert sorted(kinds) == sorted(Reaction.Kind.values)
    assert sorted(severities) == sorted(["", *Severity.values])


def test_a_clock_may_be_a_day_ahead_and_not_more():
    read(generation(occurred_at="2026-11-24T12:00:00Z"), NOW)
    with pytest.raises(Flawed, match="ahead"):
        read(generation(occurred_at="2026-11-24T12:00:01Z"), NOW)


def test_unknown_fields_are_kept_and_known_ones_are_not_repeated():
    record = read(generation(user="ines", editor="vim", session=None), NOW)
    assert record.model_extra == {"editor": "vim"}


def test_what_parsers_disagree_about_is_refused_deep_down():
    nested = 1
    for _ in range(300):
        nested = [nested]
    with pytest.raises(Flawed, match="nested deeper"):
        read(generation(mine=nested), NOW)


def test_the_same_content_has_the_same_digest():
    one = {"id": "a", "n": 2**70, "x": {"b": 1, "a": None}, "gone": None}
    other = {"x": {"a": None, "b": 1}, "n": 2**70, "id": "a"}
    assert digest_of(one) == digest_of(other)
    assert digest_of(one) != digest_of(one | {"n": 2**70 + 1})


def test_lines_of_an_output_end_at_a_line_feed_only():
    span = Span.model_validate({"start": {"line": 1, "column": 0}, "end": {"line": 2, "column": 0}})
    reach = extent(span, "a\r\x0b\u2028b\n")
    assert (reach.lines, reach.start_columns, reach.end_columns) == (2, 5, 0)


def test_a_text_has_another_id_in_another_project():
    assert blob_id(1, "x") == blob_id(1, "x")
    assert len({blob_id(1, "x"), blob_id(2, "x"), blob_id(1, "1\nx"), blob_id(11, "\nx")}) == 4


def test_no_trial_says_nothing():
    assert wilson(0, 0) == (0, 1)


def test_a_correction_line_is_a_generation_and_a_correction():
    line = {"id": "p-1", "prompt": "p", "rejected": "bad", "chosen": "good", "category": "logic"}
    line |= {"rejected_origin": "llm:Coder", "cwe": ["CWE-89"], "user": "u", "confidence": 0.5}
    line |= {"provenance": {"source_repo": "acme/app"}, "time_to_decision_ms": 7}
    made, fix = records_of(line)
    assert (made["prompt"], made["output"], made["confidence"]) == ("p", "bad", 0.5)
    assert (made["model_name"], made["repository"]) == ("Coder", "acme/app")
    assert (fix["corrected"], fix["category"], fix["after_ms"]) == ("good", "logic", 7)
    record = read(fix, NOW)
    assert record.model_extra == {"cwe": ["CWE-89"], "rejected_origin": "llm:Coder"} | {
        "provenance": {"source_repo": "acme/app"}
    }


def test_a_line_without_a_correction_is_a_rejection():
    made, said = records_of({"id": "p-1", "rejected": "bad", "chosen": None})
    assert (made["output"], said["kind"], said["generation"]) == ("bad", "rejected", "p-1")


def test_evidence_of_a_line_is_kept_even_with_a_nul_and_code_with_one_is_not():
    line = {"id": "p-1", "rejected": "bad", "chosen": "good", "verified": [{"error": "a\0b"}]}
    assert read(records_of(line)[1], NOW).model_extra == {"verified": [{"error": "a␀b"}]}
    with pytest.raises(Flawed, match="NUL"):
        read(records_of(line | {"chosen": "a\0b"})[1], NOW)


@pytest.mark.parametrize(
    ("decision", "kind"),
    [("accept", "accepted"), ("edit", "edited"), ("copied", "copied"), ("not_copied", "shown")],
)
def test_an_event_line_is_a_generation_and_a_reaction(decision, kind):
    made, said = records_of({"id": "t-1", "suggestion": "x", "model": "m", "decision": decision})
    assert (made["output"], made["model_name"], said["kind"]) == ("x", "m", kind)


@pytest.mark.parametrize("line", [7, {}, {"id": 1}, {"id": "a"}, {"id": "a", "suggestion": "x"}])
def test_another_line_is_refused(line):
    with pytest.raises(NotAPackLine):
        records_of(line)


def test_builders_make_valid_records():
    made = generation()
    for sent in (made, correction(made), reaction(made, "shown")):
        read(sent, NOW)
