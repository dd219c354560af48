"""Loops that go one too far."""

from curation.rules.patterns.pattern import Pattern

PATTERNS = (
    Pattern(
        "logic/one-too-far",
        "The loop goes on where there is no item any more",
        {
            "javascript": """
((for_statement condition: (binary_expression
  operator: "<=" right: (member_expression property: (property_identifier) @name)) @found)
 (#eq? @name "length"))
""",
            "java": """
((for_statement init: (local_variable_declaration declarator: (variable_declarator
   value: (decimal_integer_literal) @start))
  condition: (binary_expression operator: "<=" right: (_) @end) @found)
 (#eq? @start "0") (#match? @end "[.](length|length[(][)]|size[(][)])$"))
""",
            "csharp": """
((for_statement condition: (binary_expression operator: "<=" right: (_) @end) @found)
 (#match? @end "[.](Length|Count)$"))
""",
            "go": """
((for_clause condition: (binary_expression operator: "<=" right: (_) @end) @found)
 (#match? @end "^len[(]"))
""",
            "rust": """
((for_expression value: (range_expression (_) "..=" (_) @end) @found)
 (#match? @end "[.]len[(][)]$"))
""",
            "php": """
((for_statement condition: (binary_expression operator: "<=" right: (_) @end) @found)
 (#match? @end "^(count|sizeof|strlen)[(]"))
""",
            "c": """
((for_statement condition: (binary_expression operator: "<=" right: (_) @end) @found)
 (#match? @end "^strlen[(]|[.]size[(][)]$|[.]length[(][)]$"))
""",
        },
    ),
)
