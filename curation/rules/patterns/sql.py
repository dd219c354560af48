"""SQL put together with values, which then may be more than values."""

from curation.rules.patterns.pattern import LITERAL, SQL, Pattern

JOINED = f"""
((binary_expression left: (_) @text right: (_) @part) @found
 (#match? @text "{SQL}") (#not-match? @part "{LITERAL}"))
"""
FILLED = f'(template_string (template_substitution)) @found (#match? @found "{SQL}")'
PRINTED = f"""
((call_expression function: (identifier) @name
  arguments: (argument_list (string_literal) @text . (_))) @found
 (#any-of? @name "sprintf" "snprintf") (#match? @text "{SQL}") (#match? @text "%s"))
"""

PATTERNS = (
    Pattern(
        "security/sql-built",
        "SQL is put together with values",
        {
            # a tagged template is left alone: its tag keeps the values apart
            "javascript": f"""{JOINED}
(arguments {FILLED})
(variable_declarator value: {FILLED})
(assignment_expression right: {FILLED})
(return_statement {FILLED})
(pair value: {FILLED})
""",
            "go": f"""{JOINED}
((call_expression
  function: (selector_expression field: (field_identifier) @name)
  arguments: (argument_list
   . [(interpreted_string_literal) (raw_string_literal)] @text . (_))) @found
 (#eq? @name "Sprintf") (#match? @text "{SQL}") (#match? @text "%[sv]"))
""",
            "java": f"""{JOINED}
((method_invocation name: (identifier) @name
  arguments: (argument_list . (string_literal) @text . (_))) @found
 (#eq? @name "format") (#match? @text "{SQL}") (#match? @text "%s"))
""",
            "csharp": f"""{JOINED}
((interpolated_string_expression (interpolation)) @found (#match? @found "{SQL}"))
((invocation_expression function: (member_access_expression name: (identifier) @name)
  arguments: (argument_list . (argument (string_literal) @text) . (_))) @found
 (#eq? @name "Format") (#match? @text "{SQL}"))
""",
            "rust": f"""
((macro_invocation macro: (identifier) @name
  (token_tree . (string_literal) @text)) @found
 (#eq? @name "format") (#match? @text "{SQL}") (#match? @text "[{{]"))
""",
            "ruby": f"""
((string (interpolation)) @found (#match? @found "{SQL}"))
((binary left: (_) @text right: (_) @part) @found
 (#match? @text "{SQL}") (#not-match? @part "{LITERAL}"))
""",
            "php": f"""{JOINED}
((encapsed_string [(variable_name) (member_access_expression) (subscript_expression)]) @found
 (#match? @found "{SQL}"))
((function_call_expression function: (name) @name
  arguments: (arguments . (argument [(string) (encapsed_string)] @text) . (_))) @found
 (#eq? @name "sprintf") (#match? @text "{SQL}"))
""",
            "kotlin": f"""{JOINED}
((string_literal) @found (#match? @found "{SQL}") (#match? @found "[$][a-zA-Z{{]"))
""",
            "c": PRINTED,
            "cpp": PRINTED + JOINED,
        },
    ),
)
