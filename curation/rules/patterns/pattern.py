"""What a rule is: its name, what it says, and what to look for in each language's tree."""

from collections.abc import Mapping
from dataclasses import dataclass, field

FOUND = "found"  # the capture whose place is told

# Grammars that know the nodes of another: where a rule does not name them, what it says there holds
BUILT_ON = {"typescript": "javascript", "tsx": "javascript", "cpp": "c"}

FUNCTIONS = frozenset(
    [
        *("function_declaration", "function_expression", "arrow_function", "method_definition"),
        *("generator_function_declaration", "func_literal", "method_declaration", "function_item"),
        *("lambda_expression", "closure_expression", "function_definition", "method", "lambda"),
        *("local_function_statement", "anonymous_function", "lambda_literal"),
    ]
)
LOOPS = frozenset(
    [
        *("for_statement", "for_in_statement", "while_statement", "do_statement"),
        *("enhanced_for_statement", "foreach_statement", "for_each_statement"),
        *("for_range_loop", "for_expression", "while_expression", "loop_expression"),
        *("do_while_statement", "while", "until", "for", "do_block"),
    ]
)
# Starts of literals, in a query's #not-match?: what else is there was put in at run time
LITERAL = "^[@$]?[\\\"'`0-9]"
# A statement of SQL that begins a text; “Select a file” begins none
SQL = (
    "(?i)^[^a-z]{0,6}"
    "(select [^;]{1,500}[^a-z]from |insert into |update [^;]{1,200} set |delete from )"
)


@dataclass(frozen=True)
class Pattern:
    """One rule; `queries` by our name of the grammar, each with a capture @found."""

    rule: str
    message: str
    queries: Mapping[str, str]
    inside: frozenset[str] = field(default_factory=frozenset)  # nodes it must lie in, if any

    def query(self, grammar: str) -> str:
        """What to look for in a grammar's tree; empty where the rule has nothing to say."""
        other = BUILT_ON.get(grammar, grammar)
        return self.queries.get(grammar, self.queries.get(other, ""))
