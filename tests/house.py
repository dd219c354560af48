"""What the tests of the architecture read: our own source."""

import ast
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
APPS = ("governance", "feedback", "curation", "reviews", "deployments")
PACKAGES = ("config", "lib", *APPS)
TEMPLATES = ROOT / "templates"


def sources(*packages):
    """Every Python file of ours in these packages, migrations and the demo's stories apart."""
    return [
        path
        for package in packages or PACKAGES
        for path in sorted((ROOT / package).rglob("*.py"))
        if "migrations" not in path.parts and "content" not in path.relative_to(ROOT).parts
    ]


def templates():
    return sorted(TEMPLATES.rglob("*.html"))


def name_of(path):
    """`reviews.queue` for reviews/queue.py."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports_of(path):
    """Every dotted name a file imports, `from a import b` as `a.b`."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def calls_of(path, *functions):
    """The first argument of every call of `env.text(...)` and the like, by the function's name."""
    for node in ast.walk(ast.parse(path.read_text())):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr in functions
            and isinstance(node.func.value, ast.Name)
            and node.func.value.id == "env"
        ):
            yield from (arg.value for arg in node.args if isinstance(arg, ast.Constant))
