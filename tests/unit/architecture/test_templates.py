import re

from tests.house import ROOT, TEMPLATES, templates

PARTIAL = re.compile(r"{% partialdef ([\w-]+)(?: inline)? %}\s*(?:{#.*?#}\s*)*(<[^>]*>|\S*)", re.S)
ROOT_ID = re.compile(r'\bid="([^"]*)"')
TAG = re.compile(r"<[a-z][^>]*>", re.S | re.I)
REQUEST = re.compile(r'\bhx-(get|post|put|patch|delete)="')
BY_ITSELF = re.compile(r'hx-trigger="(?:every|load|revealed|intersect)')  # nobody clicks it
INLINE = re.compile(r"\s(?:style|on[a-z]+)\s*=|\shx-on", re.I)
SCRIPT = re.compile(r"<script\b([^>]*)>(.*?)</script>", re.S | re.I)
ADDRESS = re.compile(r'(?:src|href|action)="((?:https?:)?//[^"]*)"')


def texts():
    return {str(path.relative_to(TEMPLATES)): path.read_text() for path in templates()}


def tags():
    return [(name, tag) for name, text in texts().items() for tag in TAG.findall(text)]


def test_a_template_is_at_most_120_lines():
    assert [name for name, text in texts().items() if len(text.splitlines()) > 120] == []


def test_a_partial_and_its_root_element_have_one_name():
    """A repeated part adds its key: partial `task-row`, id="task-row-{{ task.pk }}"."""
    odd = []
    for template, text in texts().items():
        for name, element in PARTIAL.findall(text):
            found = ROOT_ID.search(element)
            if not found or not (found[1] == name or found[1].startswith(f"{name}-{{{{")):
                odd.append((template, name, element))
    assert odd == []


def test_every_htmx_request_works_without_javascript():
    dead = [
        (name, tag)
        for name, tag in tags()
        for method in REQUEST.findall(tag)
        if ("href=" if method == "get" else "action=") not in tag
        and "action=" not in tag
        and not BY_ITSELF.search(tag)
    ]
    assert dead == []


def test_no_style_and_no_handler_is_inline():
    assert [(name, tag) for name, tag in tags() if INLINE.search(tag)] == []
    assert [name for name, text in texts().items() if "<style" in text] == []


def test_no_script_is_inline():
    inline = [
        (name, attributes)
        for name, text in texts().items()
        for attributes, body in SCRIPT.findall(text)
        if "application/json" not in attributes and ("src=" not in attributes or body.strip())
    ]
    assert inline == []


def test_no_template_asks_who_asked():
    assert [name for name, text in texts().items() if "request.htmx" in text] == []


def test_every_address_is_ours():
    assert [
        (name, ADDRESS.findall(text)) for name, text in texts().items() if ADDRESS.search(text)
    ] == []


def test_no_word_with_a_percent_sign_is_an_argument():
    """Django doubles it in _("…") and leaves it so; {% translate "…" as name %} does not."""
    assert [name for name, text in texts().items() if re.search(r'_\("[^"]*%', text)] == []


def test_scripts_build_no_code_and_no_markup_from_text():
    forbidden = re.compile(r"\beval\(|new Function\(|innerHTML|document\.write|cssText")
    ours = (ROOT / "static" / "js").rglob("*.js")
    assert [path.name for path in ours if forbidden.search(path.read_text())] == []
