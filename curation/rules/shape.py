"""What kind of change the correction is, from how both sides parse. Nothing is ever run."""

import ast
import warnings
from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext_noop
from pygments.lexers import get_lexer_by_name
from pygments.token import Comment, Text

from curation.categories import LOGIC, STYLE
from curation.rules.evidence import Evidence, Opinion
from lib.clock import TooSlow, within

LABELER = gettext_noop("shape")
# Languages (by their Pygments names) whose programs layout and comments do not change
FREE_LAYOUT = {
    *("c", "cpp", "c++", "csharp", "c#", "go", "java", "javascript", "js", "kotlin"),
    *("php", "rust", "scala", "swift", "typescript", "ts"),
}
IDLE = (tuple(Text), tuple(Comment))  # a Pygments token type is the tuple of its names
DIRECTIVES = (Comment.Preproc, Comment.PreprocFile)  # Pygments counts them as comments
SECONDS = 2.0  # a side; some lexers take minutes over a text that was made for it
LIMIT = 200_000  # characters; beyond it nobody reads a suggestion, and parsing costs memory


def opinion(evidence: Evidence) -> Opinion:
    """Logic where only the correction parses, style where both say the same."""
    if max(len(evidence.output), len(evidence.ideal)) > LIMIT:
        return Opinion(LABELER, None, "Too long to parse.")
    if evidence.language.casefold() in ("python", "py"):
        return _python(evidence)
    if _same_tokens(evidence):
        return Opinion(LABELER, STYLE, "Only blanks, line breaks or comments differ.")
    return Opinion(LABELER, None, f"No parser here reads {evidence.language or 'this language'}.")


def _python(evidence: Evidence) -> Opinion:
    before, after = parsed(evidence.output), parsed(evidence.ideal)
    if after is None:
        reason = (
            "The corrected code does not parse either."
            if before is None
            else ("The output parses, the corrected code does not.")
        )
        return Opinion(LABELER, None, reason, {"ideal_parses": False})
    if before is None:
        return Opinion(LABELER, LOGIC, "The output does not parse; the corrected code does.")
    if same_program(before, after):
        return Opinion(LABELER, STYLE, "Only layout, comments or docstrings differ.")
    return Opinion(LABELER, None, "Both sides parse, and they differ in what they say.")


def parsed(code: str) -> ast.Module | None:
    """The code as a tree, or None. Code taken out of an indented block counts as code."""
    tree = _tree(code)
    return _tree(unindented(code)[0]) if tree is None else tree


def _tree(code: str) -> ast.Module | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about other people's escape sequences
            return ast.parse(code)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def unindented(code: str) -> tuple[str, int]:
    """The code with its common indentation taken off, and how wide that was.

    textwrap.dedent also rewrites blank lines, which would move columns within texts.
    """
    lines = code.split("\n")
    width = min((len(line) - len(line.lstrip(" ")) for line in lines if line.strip()), default=0)
    return "\n".join(line[width:] if line.strip() else line for line in lines), width


def same_program(before: ast.Module, after: ast.Module) -> bool:
    """Is it one program, docstrings aside? Walks both at once and stops where they part."""
    waiting: list[tuple[object, object]] = [(before, after)]
    while waiting:
        one, other = waiting.pop()
        if type(one) is not type(other):
            return False
        if isinstance(one, list) and isinstance(other, list):
            if len(one) != len(other):
                return False
            waiting += zip(one, other, strict=True)
        elif isinstance(one, ast.AST) and isinstance(other, ast.AST):
            waiting += zip(_parts(one), _parts(other), strict=True)
        elif one != other:
            return False
    return True


def _parts(node: ast.AST) -> Iterator[object]:
    for name in node._fields:
        part: Any = getattr(node, name, None)
        yield part[1:] if name == "body" and _has_docstring(node) else part


def _has_docstring(node: ast.AST) -> bool:
    if not isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
        return False
    first = node.body[0] if node.body else None
    return isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)


def _same_tokens(evidence: Evidence) -> bool:
    language = evidence.language.casefold()
    if language not in FREE_LAYOUT:
        return False
    try:
        before, after = (
            [token for token in within(SECONDS, _tokens(language, code)) if token]
            for code in (evidence.output, evidence.ideal)
        )
    except TooSlow:
        return False
    return bool(before) and before == after


def _tokens(language: str, code: str) -> Iterator[str]:
    """Each token, empty where it does not count: the clock is read at every one."""
    for kind, text in get_lexer_by_name(language).get_tokens(code):
        yield text if kind in DIRECTIVES or kind[:1] not in IDLE else ""
