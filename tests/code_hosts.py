"""What GitHub and GitLab send of a remark with a suggestion, in the shape they document."""

# GitHub: a comment, and what stands around it
HUNK = (
    "@@ -10,4 +10,6 @@ def total(prices):\n"
    "     # in cents\n"
    "-    return sum(prices)\n"
    "+    amount = sum(prices)\n"
    "+    return amount / 100"
)
SUGGESTS = "Money is a Decimal.\r\n\r\n```suggestion\r\n    return Decimal(amount) / 100\r\n```"
COMMENT = {
    "id": 41,
    "body": SUGGESTS,
    "diff_hunk": HUNK,
    "path": "billing/money.py",
    "side": "RIGHT",
    "start_side": None,
    "line": 12,
    "start_line": None,
    "original_line": 12,
    "original_start_line": None,
    "original_commit_id": "c0ffee",
    "created_at": "2026-11-23T18:00:00Z",
    "user": {"login": "wren", "type": "User"},
}
AROUND = {
    "repository": {"full_name": "acme/billing", "html_url": "https://github.com/acme/billing"},
    "pull_request": {"number": 7, "user": {"login": "noor"}},
    "sender": {"login": "noor"},
}
LINE = "    return amount / 100\n"
BETTER = "    return Decimal(amount) / 100\n"

# GitLab: a note, what stands around it, and what changes once it is resolved
DIFF = (
    "--- a/billing/money.py\n"
    "+++ b/billing/money.py\n"
    "@@ -1,2 +1,4 @@\n"
    " def total(prices):\n"
    "-    return sum(prices)\n"
    "+    # in cents\n"
    "+    amount = sum(prices)\n"
    "+    return amount / 100\n"
)
POSITION = {"new_path": "billing/money.py", "new_line": 4, "old_line": None, "head_sha": "c0ffee"}
NOTE = {
    "id": 1244,
    "note": "Money is a Decimal.\n\n```suggestion:-1+0\n    return Decimal(sum(prices)) / 100\n```",
    "type": "DiffNote",
    "noteable_type": "MergeRequest",
    "author_id": 5,
    "discussion_id": "d15c",
    "created_at": "2026-11-23 18:00:00 UTC",
    "system": False,
    "st_diff": {"diff": DIFF, "new_path": "billing/money.py"},
    "original_position": POSITION,
    "position": POSITION,
    "resolved_at": None,
    "change_position": None,
}
EVENT = {
    "object_kind": "note",
    "user": {"id": 5, "username": "wren"},
    "project": {
        "path_with_namespace": "acme/billing",
        "web_url": "https://gitlab.com/acme/billing",
    },
    "merge_request": {"iid": 7},
}
RESOLVED = {"resolved_at": "2026-11-23 19:00:00 UTC", "change_position": POSITION}
