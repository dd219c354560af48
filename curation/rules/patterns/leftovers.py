"""What was for debugging, and what languages have a better word for by now."""

from curation.rules.patterns.pattern import Pattern

IN_SCRIPT = """
(variable_declaration "var") @found
((binary_expression operator: ["==" "!="] right: (_) @side) @found
 (#not-match? @side "^(null|undefined)$"))
"""
ANY = '((predefined_type) @found (#eq? @found "any"))'

PATTERNS = (
    Pattern(
        "style/left-from-debugging",
        "Left from debugging",
        {
            "javascript": """
(debugger_statement) @found
((call_expression function: (_) @name) @found (#any-of? @name "console.log" "console.debug"))
""",
            "rust": """
((macro_invocation macro: (identifier) @name) @found (#any-of? @name "dbg" "todo"))
""",
            "php": """
((function_call_expression function: (name) @name) @found
 (#any-of? @name "var_dump" "print_r" "var_export" "dd"))
""",
            "ruby": """
((call receiver: (identifier) @on method: (identifier) @name) @found
 (#eq? @on "binding") (#any-of? @name "pry" "irb"))
((identifier) @found (#eq? @found "byebug"))
""",
        },
    ),
    Pattern(
        "style/outdated",
        "The language has a better word for it by now",
        {
            "javascript": IN_SCRIPT,
            "java": """
((object_creation_expression type: (type_identifier) @name) @found
 (#any-of? @name "Integer" "Long" "Double" "Boolean" "Vector" "Hashtable"))
""",
            "php": """
(array_creation_expression "array") @found
""",
            "cpp": """
((null) @found (#eq? @found "NULL"))
""",
            "typescript": f"{IN_SCRIPT}{ANY}",
            "tsx": f"{IN_SCRIPT}{ANY}",
        },
    ),
    Pattern(
        "style/roundabout-truth",
        "It says true or false in a roundabout way",
        {
            "javascript": """
(binary_expression operator: ["==" "==="  "!=" "!=="] right: [(true) (false)]) @found
(ternary_expression consequence: (true) alternative: (false)) @found
(ternary_expression consequence: (false) alternative: (true)) @found
(if_statement consequence: (statement_block . (return_statement [(true) (false)]) .)
 alternative: (else_clause (statement_block . (return_statement [(true) (false)]) .))) @found
""",
            "java": """
(binary_expression operator: ["==" "!="] right: [(true) (false)]) @found
(ternary_expression consequence: (true) alternative: (false)) @found
(if_statement consequence: (block . (return_statement [(true) (false)]) .)
 alternative: (block . (return_statement [(true) (false)]) .)) @found
""",
            "csharp": """
(binary_expression operator: ["==" "!="] right: (boolean_literal)) @found
(conditional_expression consequence: (boolean_literal)
 alternative: (boolean_literal)) @found
""",
            "rust": """
(binary_expression operator: ["==" "!="] right: (boolean_literal)) @found
""",
            "go": """
(binary_expression operator: ["==" "!="] right: [(true) (false)]) @found
""",
            "ruby": """
(binary operator: ["==" "!="] right: [(true) (false)]) @found
""",
            "php": """
((conditional_expression body: (boolean) alternative: (boolean)) @found)
""",
        },
    ),
)
