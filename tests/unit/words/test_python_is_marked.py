"""What Python says on a page is marked for translation: toasts, forms and vocabularies."""

import ast

import pytest

from tests.house import ROOT

APPS = ("config", "governance", "feedback", "curation", "reviews", "deployments")
QUIET = {"demo", "management", "migrations", "settings"}  # English for everybody, or nobody's words
TOASTS = {"debug", "info", "success", "warning", "error"}
SPOKEN = {"label", "help_text", "empty_label", "message"}
ADMIN_ONLY = {  # vocabularies that only Django admin shows, which is English
    "feedback/models/originals.py",
    "reviews/models/comments.py",
    "reviews/models/mailing.py",
    "reviews/models/webhooks.py",
}
SAME = {"CODEOWNERS"}


def is_plain(node):
    """Is it words that nobody marked?"""
    if isinstance(node, ast.JoinedStr):
        return True
    return isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value not in SAME


def spoken(code):
    """Every expression that a person reads on a page, with its line."""
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Call):
            yield from _of_call(node)
        if isinstance(node, ast.ClassDef) and any("Choices" in ast.unparse(b) for b in node.bases):
            for each in node.body:
                if isinstance(each, ast.Assign) and isinstance(each.value, ast.Tuple):
                    yield each.value.elts[-1]


def _of_call(call):
    named = ast.unparse(call.func)
    if named.startswith("messages.") and named.partition(".")[2] in TOASTS:
        yield from call.args[1:2]
    elif named.endswith(("ValidationError", ".add_error")):
        yield from call.args[-1:]
    elif named.startswith("forms."):
        yield from (each.value for each in call.keywords if each.arg in SPOKEN)
        for each in call.keywords:
            if each.arg == "error_messages" and isinstance(each.value, ast.Dict):
                yield from each.value.values


def plain(code):
    return [f"line {node.lineno}: {ast.unparse(node)}" for node in spoken(code) if is_plain(node)]


def test_python_marks_what_pages_say():
    found = {}
    for app in APPS:
        for path in sorted((ROOT / app).rglob("*.py")):
            name = str(path.relative_to(ROOT))
            if not QUIET & set(path.parts) and path.stem != "admin" and name not in ADMIN_ONLY:
                found[name] = plain(path.read_text())
    assert {name: lines for name, lines in found.items() if lines} == {}


@pytest.mark.parametrize(
    "code",
    [
        'messages.success(request, "Kept.")',
        'messages.info(request, f"Kept {n}.")',
        'forms.CharField(label="Name")',
        'forms.CharField(error_messages={"invalid": "No."})',
        'self.add_error("path", "Say a path.")',
        'class State(models.TextChoices):\n    DUE = "due", "Waiting"',
    ],
)
def test_a_plain_word_is_found(code):
    assert plain(code)
