"""Passwords and keys that stand in the code."""

from curation.rules.patterns.pattern import Pattern

NAME = "(?i)(^|[^a-z])(passw(or)?d|passphrase|secret(_?key)?|api_?key|auth_?token)$"
CAMEL = "(Password|Passwd|Secret|SecretKey|ApiKey|apiKey|AuthToken)$"
WHO = f"{NAME}|{CAMEL}"
# Of some length and without blanks: not an empty one, a placeholder or a sentence
TEXT = "^.[^ <{$%]{6,120}.$"

PATTERNS = (
    Pattern(
        "security/password-in-code",
        "A password or key stands in the code",
        {
            "javascript": f"""
((variable_declarator name: (_) @name value: (string) @text) @found
 (#match? @name "{WHO}") (#match? @text "{TEXT}"))
((pair key: (_) @name value: (string) @text) @found
 (#match? @name "{WHO}") (#match? @text "{TEXT}"))
((assignment_expression left: (_) @name right: (string) @text) @found
 (#match? @name "{WHO}") (#match? @text "{TEXT}"))
""",
            "go": f"""
((short_var_declaration left: (_) @name right: (expression_list
  (interpreted_string_literal) @text)) @found
 (#match? @name "{WHO}") (#match? @text "{TEXT}"))
((const_spec name: (_) @name value: (expression_list (interpreted_string_literal) @text)) @found
 (#match? @name "{WHO}") (#match? @text "{TEXT}"))
((keyed_element key: (_) @name value: (_) @text) @found
 (#match? @name "{WHO}") (#match? @text "^[\\"][^ <{{$%]{{6,120}}[\\"]$"))
""",
            "java": f"""
((variable_declarator name: (_) @name value: (string_literal) @text) @found
 (#match? @name "{WHO}") (#match? @text "{TEXT}"))
""",
            "csharp": f"""
((variable_declarator name: (_) @name (string_literal) @text) @found
 (#match? @name "{WHO}") (#match? @text "{TEXT}"))
""",
            "kotlin": f"""
((property_declaration (variable_declaration (identifier) @name) (string_literal) @text) @found
 (#match? @name "{WHO}") (#match? @text "{TEXT}"))
""",
            "php": f"""
((assignment_expression left: (_) @name right: [(string) (encapsed_string)] @text) @found
 (#match? @name "{WHO}") (#match? @text "{TEXT}"))
""",
            "ruby": f"""
((assignment left: (_) @name right: (string) @text) @found
 (#match? @name "{WHO}") (#match? @text "{TEXT}"))
""",
            "c": f"""
((init_declarator declarator: (_) @name value: (string_literal) @text) @found
 (#match? @name "(?i)(passw(or)?d|secret(_?key)?|api_?key)$") (#match? @text "{TEXT}"))
""",
            "rust": f"""
((let_declaration pattern: (_) @name value: (string_literal) @text) @found
 (#match? @name "{WHO}") (#match? @text "{TEXT}"))
((const_item name: (_) @name value: (string_literal) @text) @found
 (#match? @name "{WHO}") (#match? @text "{TEXT}"))
""",
        },
    ),
)
