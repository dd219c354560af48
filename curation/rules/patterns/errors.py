"""Errors that are caught and dropped, or not looked at."""

from curation.rules.patterns.pattern import Pattern

PATTERNS = (
    Pattern(
        "logic/error-swallowed",
        "An error is caught, and nothing is done about it",
        {
            "javascript": """
((catch_clause body: (statement_block) @body) @found (#match? @body "^[{][^a-z]*[}]$"))
((call_expression function: (member_expression property: (property_identifier) @name)
  arguments: (arguments (arrow_function body: (statement_block) @body))) @found
 (#eq? @name "catch") (#match? @body "^[{][^a-z]*[}]$"))
""",
            "java": """
((catch_clause body: (block) @body) @found (#match? @body "^[{][^a-z]*[}]$"))
""",
            "csharp": """
((catch_clause body: (block) @body) @found (#match? @body "^[{][^a-z]*[}]$"))
""",
            "php": """
((catch_clause body: (compound_statement) @body) @found (#match? @body "^[{][^a-z]*[}]$"))
""",
            "cpp": """
((catch_clause body: (compound_statement) @body) @found (#match? @body "^[{][^a-z]*[}]$"))
""",
            "kotlin": """
((catch_block (block) @body) @found (#match? @body "^[{][^a-z]*[}]$"))
""",
            "ruby": """
(rescue !body) @found
(rescue_modifier handler: (nil)) @found
((rescue exceptions: (exceptions (constant) @name)) @found (#eq? @name "Exception"))
""",
            "go": """
((if_statement condition: (binary_expression left: (identifier) @name right: (nil))
  consequence: (block) @body) @found
 (#match? @name "^err") (#match? @body "^[{][^a-z]*[}]$"))
""",
        },
    ),
    Pattern(
        "logic/error-ignored",
        "It may fail, and nobody looks",
        {
            "go": """
((short_var_declaration left: (expression_list (_) (identifier) @blank .)
  right: (expression_list (call_expression) .)) @found (#eq? @blank "_"))
((assignment_statement left: (expression_list . (identifier) @blank .)
  right: (expression_list . (call_expression) .)) @found (#eq? @blank "_"))
""",
            "rust": """
((call_expression function: (field_expression field: (field_identifier) @name)
  arguments: (arguments)) @found (#eq? @name "unwrap"))
""",
            "c": """
((expression_statement (call_expression function: (identifier) @name)) @found
 (#any-of? @name "scanf" "fread" "realloc" "setuid" "setgid" "chdir"))
""",
        },
    ),
    Pattern(
        "logic/promise-dropped",
        "Nobody waits for what a loop's functions promise",
        {
            "javascript": """
((call_expression function: (member_expression property: (property_identifier) @name)
  arguments: (arguments . (arrow_function "async"))) @found (#eq? @name "forEach"))
((call_expression function: (member_expression property: (property_identifier) @name)
  arguments: (arguments . (function_expression "async"))) @found (#eq? @name "forEach"))
""",
        },
    ),
)
