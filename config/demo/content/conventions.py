import ast
from pathlib import Path


def functions():
    for path in Path("billing").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef):
                yield node


def test_no_default_is_shared_between_calls():
    shared = (ast.List, ast.Dict, ast.Set)
    assert [f.name for f in functions() if any(isinstance(d, shared) for d in f.args.defaults)] == []


def test_nothing_is_loaded_as_code():
    calls = {ast.unparse(n.func) for f in functions() for n in ast.walk(f) if isinstance(n, ast.Call)}
    assert calls.isdisjoint({"eval", "exec", "yaml.load", "pickle.loads"})
