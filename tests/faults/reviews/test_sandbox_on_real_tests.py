"""Tests that came with real corrections: the sandbox agrees with how they were verified."""

import json
from itertools import islice

import pytest

from reviews.sandbox import box
from reviews.sandbox.limits import USUAL
from reviews.sandbox.outcomes import outcomes
from reviews.suites import own_suite, plan_of
from tests.sandboxes import tools_or_skip

SAMPLE = 12  # of the verified ones, spread over the file


def verified(shared):
    path = shared / "data" / "public_pack" / "corrections.jsonl"
    for line in path.read_text(encoding="utf-8").split("\n"):
        row = json.loads(line) if line else {}
        told = row.get("verified") or {}
        # some were verified with pytest, or with imports in front that the file does not hold
        needs_more = "pytest" in (row.get("tests") or {}).get("code", "") or "prelude" in str(
            row.get("provenance", {}).get("transform")
        )
        if told.get("rejected_fails") and told.get("chosen_passes") and not needs_more:
            yield row


def passes(tools, row, code):
    suite = own_suite(row, row["language"], row["file_path"])
    finished = box.run(tools, plan_of(suite.content(), code), USUAL)
    return {each.outcome for each in outcomes(finished)} == {"passed"}


@pytest.mark.shared
@pytest.mark.timeout(300)
def test_real_corrections_pass_what_their_suggestions_fail(shared):
    tools = tools_or_skip()
    rows = list(verified(shared))
    assert len(rows) > 100
    for row in islice(rows, 0, None, len(rows) // SAMPLE):
        assert not passes(tools, row, row["rejected"]), row["id"]
        assert passes(tools, row, row["chosen"]), row["id"]
