"""Comparisons that do not say what was meant, or say too much."""

from curation.rules.patterns.pattern import Pattern

SIGNED = "(?i)(signature|hmac|digest|csrf|token|passwordhash|password_hash)$"

PATTERNS = (
    Pattern(
        "security/comparison-tells-time",
        "How long it takes to compare tells how much of it is right",
        {
            "javascript": f"""
((binary_expression left: (_) @left operator: ["===" "!==" "==" "!="] right: (_) @right) @found
 (#match? @left "{SIGNED}") (#match? @right "{SIGNED}"))
""",
            "go": f"""
((binary_expression left: (_) @left operator: ["==" "!="] right: (_) @right) @found
 (#match? @left "{SIGNED}") (#match? @right "{SIGNED}"))
""",
            "ruby": f"""
((binary left: (_) @left operator: ["==" "!="] right: (_) @right) @found
 (#match? @left "{SIGNED}") (#match? @right "{SIGNED}"))
""",
            "php": f"""
((binary_expression left: (_) @left operator: ["===" "!==" "==" "!="] right: (_) @right) @found
 (#match? @left "{SIGNED}") (#match? @right "{SIGNED}"))
""",
        },
    ),
    Pattern(
        "logic/compared-with-itself",
        "It is compared with itself",
        {
            name: """
((binary_expression left: [(identifier) (member_expression)] @left
  operator: ["===" "!==" "==" "!=" "<" ">" "<=" ">="] right: (_) @right) @found
 (#eq? @left @right))
"""
            if name == "javascript"
            else """
((binary_expression left: (_) @left
  operator: ["==" "!=" "<" ">" "<=" ">="] right: (_) @right) @found
 (#match? @left "^[a-zA-Z_.$>-]+$") (#eq? @left @right))
"""
            for name in ("javascript", "go", "java", "csharp", "rust", "c", "php")
        },
    ),
    Pattern(
        "logic/never-equal",
        "Nothing is equal to NaN, not even NaN",
        {
            "javascript": """
((binary_expression operator: ["===" "!==" "==" "!="] right: (_) @side) @found
 (#match? @side "^(Number[.])?NaN$"))
""",
            "java": """
((binary_expression operator: ["==" "!="] right: (_) @side) @found
 (#match? @side "^(Double|Float)[.]NaN$"))
""",
            "csharp": """
((binary_expression operator: ["==" "!="] right: (_) @side) @found
 (#match? @side "^(double|float|Double|Single)[.]NaN$"))
""",
        },
    ),
    Pattern(
        "logic/texts-by-identity",
        "Texts are compared by where they are, not by what they say",
        {
            "java": """
((binary_expression operator: ["==" "!="] right: (string_literal)) @found)
((binary_expression left: (string_literal) operator: ["==" "!="]) @found)
""",
            "c": """
((binary_expression operator: ["==" "!="] right: (string_literal)) @found)
""",
        },
    ),
    Pattern(
        "logic/assigned-in-condition",
        "A condition assigns where it may mean to compare",
        {
            "javascript": """
(if_statement condition: (parenthesized_expression (assignment_expression))) @found
""",
            "java": """
(if_statement condition: (parenthesized_expression (assignment_expression))) @found
""",
            "csharp": """
(if_statement condition: (assignment_expression)) @found
""",
            "php": """
(if_statement condition: (parenthesized_expression (assignment_expression
  right: [(variable_name) (integer) (string) (boolean) (encapsed_string)]))) @found
""",
            "c": """
(if_statement condition: (parenthesized_expression (assignment_expression
  right: [(identifier) (number_literal)]))) @found
""",
            "cpp": """
(if_statement condition: (condition_clause value: (assignment_expression
  right: [(identifier) (number_literal)]))) @found
""",
        },
    ),
)
