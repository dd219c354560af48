"""Markdown that people write, as HTML that can do nothing: no raw HTML, no style, no script.

Two walls: the parser escapes HTML and refuses addresses that run code, and a sanitiser lets
only the tags below through, without classes, styles or ids.
"""

import re

import nh3
from django.utils.safestring import SafeString
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict

LOWEST = 6  # level of a heading
BELOW = 2  # levels: a page has its own first two
NAME = re.compile(r"(?<![\w@.+-])@([\w.@+-]*\w)")
TAGS = {
    *("p", "br", "hr", "h3", "h4", "h5", "h6", "ul", "ol", "li", "blockquote", "pre", "code"),
    *("em", "strong", "a", "b", "table", "thead", "tbody", "tr", "th", "td"),
}
CLEANER = nh3.Cleaner(
    tags=TAGS,
    attributes={"*": set(), "a": {"href"}, "ol": {"start"}},
    allowed_classes={"b": {"at"}},
    url_schemes={"http", "https", "mailto"},
    link_rel="noopener noreferrer nofollow",
)


def document(text: str) -> SafeString:
    """A whole text: headings, lists, tables, code."""
    return SafeString(CLEANER.clean(_DOCUMENT.render(text)))


def remark(text: str, names: frozenset[str] = frozenset()) -> SafeString:
    """A few sentences: emphasis, code, lists, links; `@name` stands out where it names one."""
    return SafeString(CLEANER.clean(_REMARK.render(text, {"names": names})))


def named_in(text: str) -> list[str]:
    """The names that a text mentions with @, outside code, in order and once each."""
    env: EnvType = {"names": None, "found": {}}
    _REMARK.render(text, env)
    return list(env["found"])


def _lower_headings(state: StateCore) -> None:
    for token in state.tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(int(token.tag[1:]) + BELOW, LOWEST)}"


def _find_names(state: StateCore) -> None:
    """Split text at what may be a name; code and links are other tokens and stay whole."""
    known, found = state.env.get("names"), state.env.setdefault("found", {})
    for block in state.tokens:
        if block.children is None:
            continue
        parts: list[Token] = []
        for token in block.children:
            parts += _at_names(token, known, found) if token.type == "text" else [token]
        block.children = parts


def _at_names(token: Token, known: frozenset[str] | None, found: dict[str, None]) -> list[Token]:
    parts, end = [], 0
    for match in NAME.finditer(token.content):
        if known is not None and match[1] not in known:
            continue
        found[match[1]] = None
        parts += [
            Token("text", "", 0, content=token.content[end : match.start()]),
            Token("at_name", "", 0, content=match[0]),
        ]
        end = match.end()
    return [*parts, Token("text", "", 0, content=token.content[end:])]


def _render_name(
    renderer: RendererHTML, tokens: list[Token], at: int, options: OptionsDict, env: EnvType
) -> str:
    return f'<b class="at">{tokens[at].content}</b>'  # letters, digits and . @ + - _ only


def _parser(preset: str, *rules: str) -> MarkdownIt:
    parser = MarkdownIt(preset, {"html": False, "breaks": preset == "zero"}).enable(list(rules))
    parser.core.ruler.push("lower_headings", _lower_headings)
    return parser


_DOCUMENT = _parser("commonmark", "table").disable("image")
_REMARK = _parser(
    *("zero", "backticks", "fence", "emphasis", "link", "autolink", "list", "blockquote"),
    *("newline", "escape", "balance_pairs", "fragments_join"),
)
_REMARK.core.ruler.push("find_names", _find_names)
_REMARK.add_render_rule("at_name", _render_name)
