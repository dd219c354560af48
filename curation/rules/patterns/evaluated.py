"""Texts run as programs."""

from curation.rules.patterns.pattern import LITERAL, Pattern

PATTERNS = (
    Pattern(
        "security/text-run-as-code",
        "A text from elsewhere is run as a program",
        {
            "javascript": f"""
((call_expression function: (identifier) @name arguments: (arguments . (_) @part)) @found
 (#any-of? @name "eval" "Function") (#not-match? @part "^[\\"'0-9]"))
((new_expression constructor: (identifier) @name arguments: (arguments (_) @part .)) @found
 (#eq? @name "Function") (#not-match? @part "^[\\"'0-9]"))
((call_expression function: (_) @name arguments: (arguments . (_) @part)) @found
 (#match? @name "^vm[.]runIn") (#not-match? @part "{LITERAL}"))
""",
            "php": """
((function_call_expression function: (name) @name
  arguments: (arguments . (argument (_) @part))) @found
 (#any-of? @name "eval" "create_function") (#match? @part "[$]"))
""",
            "ruby": f"""
((call method: (identifier) @name arguments: (argument_list . (_) @part)) @found
 (#any-of? @name "eval" "instance_eval" "class_eval" "module_eval")
 (#not-match? @part "^['0-9]"))
((call method: (identifier) @name arguments: (argument_list . (_) @part)) @found
 (#any-of? @name "constantize" "public_send" "send") (#match? @part "params"))
((call receiver: (_) @part method: (identifier) @name) @found
 (#eq? @name "constantize") (#not-match? @part "{LITERAL}"))
""",
            "java": f"""
((method_invocation object: (_) @on name: (identifier) @name
  arguments: (argument_list . (_) @part)) @found
 (#match? @on "(?i)engine$") (#eq? @name "eval") (#not-match? @part "{LITERAL}"))
""",
            "csharp": f"""
((invocation_expression function: (_) @name
  arguments: (argument_list . (argument (_) @part))) @found
 (#match? @name "CSharpScript[.](Evaluate|Run)Async") (#not-match? @part "{LITERAL}"))
""",
        },
    ),
)
