"""Secrets drawn by a generator that can be guessed."""

from curation.rules.patterns.pattern import Pattern

# Only where the name says that nobody may guess it: dice and shuffles are no secrets
NAME = "(?i)(token|secret|passw|salt|nonce|session|otp|csrf|(^|[^a-z])(key|iv)$|apikey)"

PATTERNS = (
    Pattern(
        "security/guessable-secret",
        "A secret comes from a generator that can be guessed",
        {
            "javascript": f"""
((variable_declarator name: (identifier) @name value: (_) @value) @found
 (#match? @name "{NAME}") (#match? @value "Math[.]random[(]"))
((assignment_expression left: (_) @name right: (_) @value) @found
 (#match? @name "{NAME}") (#match? @value "Math[.]random[(]"))
""",
            "go": f"""
((short_var_declaration left: (_) @name right: (_) @value) @found
 (#match? @name "{NAME}") (#match? @value "rand[.](Int|Intn|Int63|Uint32|Uint64|Float64)[(]"))
""",
            "java": f"""
((variable_declarator name: (identifier) @name value: (_) @value) @found
 (#match? @name "{NAME}") (#match? @value "Math[.]random[(]|new Random[(]|RandomStringUtils"))
""",
            "csharp": f"""
((variable_declarator name: (identifier) @name (_) @value) @found
 (#match? @name "{NAME}") (#match? @value "new Random[(]|Random[.]Shared"))
""",
            "php": f"""
((assignment_expression left: (_) @name right: (_) @value) @found
 (#match? @name "{NAME}") (#match? @value "(^|[^a-z_])(rand|mt_rand|uniqid|lcg_value)[(]"))
""",
            "ruby": f"""
((assignment left: (_) @name right: (_) @value) @found
 (#match? @name "{NAME}") (#match? @value "(^|[^a-zA-Z_:.])(Kernel[.])?rand([( ]|$)"))
""",
            "c": f"""
((init_declarator declarator: (_) @name value: (_) @value) @found
 (#match? @name "{NAME}") (#match? @value "(^|[^a-z_])s?rand[(]"))
((assignment_expression left: (_) @name right: (_) @value) @found
 (#match? @name "{NAME}") (#match? @value "(^|[^a-z_])rand[(]"))
""",
        },
    ),
    Pattern(
        "security/fixed-secret",
        "A key, salt or initialisation vector is the same each time",
        {
            "javascript": """
((variable_declarator name: (identifier) @name
  value: (call_expression function: (_) @call arguments: (arguments . (_) @text))) @found
 (#match? @name "(?i)(^iv|iv$|salt|nonce)") (#match? @call "^Buffer[.](from|alloc)$")
 (#match? @text "^[\\"'0-9]"))
""",
            "go": """
((short_var_declaration left: (_) @name
  right: (expression_list (type_conversion_expression operand: (_) @text))) @found
 (#match? @name "(?i)(^iv|iv$|salt|nonce)") (#match? @text "^[\\"`]"))
""",
            "c": """
((call_expression function: (identifier) @call
  arguments: (argument_list . (_) @name . [(string_literal) (number_literal)])) @found
 (#any-of? @call "memcpy" "memset" "strcpy") (#match? @name "(?i)(^|[^a-z])(iv|salt|nonce)$"))
""",
        },
    ),
)
