"""Templates whose unchanging stretches are drawn once for a language and not on every page.

A page is some hundred small parts, most of which say the same to everyone: our words, addresses
without a name in them, icons, files. They are found when a template is read, and joined.
"""

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from django.template import Origin, Template
from django.template.base import FilterExpression, Node, NodeList, TextNode, TokenType
from django.template.context import Context
from django.template.defaulttags import CommentNode, IfNode, LoadNode, URLNode
from django.template.library import SimpleNode
from django.template.loaders import base, cached
from django.templatetags.i18n import BlockTranslateNode, TranslateNode
from django.templatetags.static import StaticNode
from django.urls import reverse
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from config.templatetags import look

SAME_FOR_SAME = (look.icon, look.badge)  # tags that give the same for the same arguments
PLAIN = (int, str, SafeString)


class _Folding(base.Loader):
    def get_template(self, template_name: str, skip: list[Origin] | None = None) -> Template:
        template = super().get_template(template_name, skip)
        fold(template.nodelist)
        return template


class Loader(cached.Loader, _Folding):
    """Reads a template once, and folds it before anybody draws it."""


def fold(nodes: NodeList) -> None:
    """Join what never changes, here and in everything inside, in place."""
    folded: list[Node] = []
    run: list[Node] = []
    for node in nodes:
        if _is_constant(node):
            run.append(node)
            continue
        folded += _joined(run)
        run = []
        folded.append(node)
        if type(node) is URLNode:
            node.__class__ = KnownAddress
        for inside in _inside(node):
            fold(inside)
    nodes[:] = [*folded, *_joined(run)]


class Folded(Node):
    """Parts that depend on the language only."""

    child_nodelists = ()

    def __init__(self, parts: Iterable[Node]) -> None:
        self.parts = list(parts)
        self.token, self.origin = self.parts[0].token, self.parts[0].origin
        self.drawn: dict[tuple[str | None, bool], SafeString] = {}

    def render(self, context: Context) -> SafeString:
        key = (get_language(), context.autoescape)
        drawn = self.drawn.get(key)
        if drawn is None:
            drawn = mark_safe("".join(str(part.render_annotated(context)) for part in self.parts))  # noqa: S308  as a NodeList joins them
            self.drawn[key] = drawn
        return drawn


class KnownAddress(URLNode):
    """An address that is worked out once for the same view and arguments."""

    def render(self, context: Context) -> str:
        view, args = self.view_name.resolve(context), [each.resolve(context) for each in self.args]
        if self.asvar or self.kwargs or any(type(each) not in PLAIN for each in (view, *args)):
            return super().render(context)
        match = getattr(getattr(context, "request", None), "resolver_match", None)
        found = _address(view, tuple(args), getattr(match, "namespace", None))
        return conditional_escape(found) if context.autoescape else found


@lru_cache(8192)
def _address(view: str, args: tuple[int | str, ...], namespace: str | None) -> str:
    return reverse(view, args=args, current_app=namespace)


def _joined(run: list[Node]) -> list[Node]:
    return (
        run if len(run) < 2 and all(isinstance(each, TextNode) for each in run) else [Folded(run)]
    )


def _inside(node: Node) -> list[NodeList]:
    if isinstance(node, IfNode):
        return [nodes for _, nodes in node.conditions_nodelists]
    found = (getattr(node, name, None) for name in node.child_nodelists)
    return [nodes for nodes in found if isinstance(nodes, NodeList)]


def _is_constant(node: Any) -> bool:
    match node:
        case TextNode() | CommentNode() | LoadNode():
            return True
        case TranslateNode():
            return not (node.asvar or node.message_context) and _says(node.filter_expression)
        case BlockTranslateNode():
            named = node.extra_context or node.countervar or node.asvar or node.message_context
            return not named and all(each.token_type == TokenType.TEXT for each in node.singular)
        case StaticNode():
            return node.varname is None and _says(node.path)
        case URLNode():
            return not (node.asvar or node.args or node.kwargs) and _says(node.view_name)
        case SimpleNode():
            values = [*node.args, *node.kwargs.values()]
            known = node.func in SAME_FOR_SAME and node.target_var is None
            return known and all(_says(each) for each in values)
    return False


def _says(value: FilterExpression) -> bool:
    """Whether it stands there in full: no variable, nothing done to it."""
    return not value.filters and (not value.is_var or value.var.lookups is None)
