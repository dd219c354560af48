"""Keeps the catalogues: gathers what is marked, and compiles what is translated.

`make words` after a change of words: new ones come into each catalogue untranslated, old ones go.
Then fill in locale/*/LC_MESSAGES/django.po and run it again; tests tell what is missing.
"""

import ast
import io
import re
import sys
from datetime import UTC, datetime
from pathlib import Path

import django
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parents[1]
CODE = ("config", "lib", "governance", "feedback", "curation", "reviews", "deployments")
BEGUN = datetime(2026, 11, 26, tzinfo=UTC)  # always the same: no two runs differ
PLACES = {  # of the context, the words and their plural among the arguments of a call
    "gettext": (None, 0, None),
    "gettext_lazy": (None, 0, None),
    "gettext_noop": (None, 0, None),
    "_": (None, 0, None),
    "ngettext": (None, 0, 1),
    "pgettext": (0, 1, None),
    "npgettext": (0, 1, 2),
}
STRING = r"u?(?:'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\")"
CALL = re.compile(rf"\b(?:n?p?gettext|_)\(\s*{STRING}(?:\s*,\s*{STRING})*(?:\s*,\s*\w+)?\s*\)")


def marked() -> Catalog:
    """Every marked word of code and templates, with the files it stands in."""
    found = Catalog()
    for app in CODE:
        for path in sorted((ROOT / app).rglob("*.py")):
            if not {"migrations", "demo", "management"} & set(path.parts):
                _take(found, path, path.read_text())
    for path in sorted((ROOT / "templates").rglob("*.*")):
        if path.suffix in (".html", ".txt"):
            _take(found, path, _code_of(path))
    return found


def _code_of(path: Path) -> str:
    """A template as calls of gettext, one a line: what stands between them is no Python."""
    return "\n".join(CALL.findall(templatize(path.read_text())))


def _take(found: Catalog, path: Path, code: str) -> None:
    place = (str(path.relative_to(ROOT)), 1)
    for node in ast.walk(ast.parse(code)):
        name = getattr(getattr(node, "func", None), "id", "")
        if isinstance(node, ast.Call) and name in PLACES:
            context, words, plural = (_word(node, at) for at in PLACES[name])
            if words:
                found.add((words, plural) if plural else words, locations=[place], context=context)


def _word(call: ast.Call, at: int | None) -> str | None:
    argument = None if at is None or at >= len(call.args) else call.args[at]
    value = argument.value if isinstance(argument, ast.Constant) else None
    return value if isinstance(value, str) else None


def catalogues() -> list[Path]:
    """The catalogue of each language but our own."""
    return sorted((ROOT / "locale").glob("*/LC_MESSAGES/django.po"))


def read(path: Path) -> Catalog:
    """A catalogue as it stands."""
    return read_po(io.BytesIO(path.read_bytes()), locale=path.parts[-3])


def compiled(catalogue: Catalog) -> bytes:
    """What Django reads; the same words give the same bytes."""
    out = io.BytesIO()
    write_mo(out, catalogue)
    return out.getvalue()


def written(catalogue: Catalog) -> bytes:
    """The text of a catalogue: sorted by file, without line numbers that change with every edit."""
    out = io.BytesIO()
    write_po(
        out, catalogue, width=100, sort_by_file=True, include_lineno=False, ignore_obsolete=True
    )
    return out.getvalue()


def updated(catalogue: Catalog, now_marked: Catalog) -> Catalog:
    """The catalogue with exactly what is marked now. Nothing is guessed from what is alike."""
    fresh = Catalog(locale=catalogue.locale, fuzzy=False)
    fresh.header_comment = "# Words of Emend; docs/languages.md says how they are chosen."
    fresh.project, fresh.version = "Emend", "1"
    fresh.creation_date = fresh.revision_date = BEGUN
    fresh.last_translator, fresh.language_team, fresh.msgid_bugs_address = "Emend", "Emend", ""
    for message in now_marked:
        if not message.id:
            continue
        old = catalogue.get(message.id, message.context)
        nothing = ("", "") if message.pluralizable else ""
        # A word that came to have a plural, or lost it, is another word
        is_same = old and not old.fuzzy and isinstance(old.string, type(nothing))
        said = old.string if old and is_same else nothing
        fresh.add(
            message.id, said, locations=sorted(set(message.locations)), context=message.context
        )
    return fresh


def main() -> int:
    """Bring every catalogue up to date and compile it; 1 if words are still to be translated."""
    settings.configure(USE_I18N=False)
    django.setup()
    now_marked, missing = marked(), 0
    for path in catalogues():
        fresh = updated(read(path), now_marked)
        path.write_bytes(written(fresh))
        path.with_suffix(".mo").write_bytes(compiled(read(path)))
        empty = [each.id for each in fresh if each.id and not all(_said(each.string))]
        missing += len(empty)
        for each in empty:
            sys.stdout.write(f"{path.parts[-3]}: {each!r}\n")
        sys.stdout.write(f"{path.parts[-3]}: {len(fresh)} words, {len(empty)} to translate\n")
    return 1 if missing else 0


def _said(string: str | tuple[str, ...]) -> tuple[str, ...]:
    return string if isinstance(string, tuple) else (string,)


if __name__ == "__main__":
    sys.exit(main())
