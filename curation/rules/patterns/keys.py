"""Keys too short to keep anything for long: RSA and DSA under 2,048 bits."""

from curation.rules.patterns.pattern import Pattern

SHORT = "^(512|768|1024|1536)$"

PATTERNS = (
    Pattern(
        "security/short-key",
        "A key of fewer than 2,048 bits",
        {
            "javascript": f"""
((pair key: (property_identifier) @key value: (number) @bits) @found
 (#match? @key "^(b|bits|modulusLength|keySize)$") (#match? @bits "{SHORT}"))
""",
            "go": f"""
((call_expression function: (selector_expression) @name
  arguments: (argument_list (int_literal) @bits .)) @found
 (#eq? @name "rsa.GenerateKey") (#match? @bits "{SHORT}"))
((selector_expression) @found (#eq? @found "dsa.L1024N160"))
""",
            "java": f"""
((method_invocation name: (identifier) @name
  arguments: (argument_list . (decimal_integer_literal) @bits)) @found
 (#eq? @name "initialize") (#match? @bits "{SHORT}"))
""",
            "csharp": f"""
((invocation_expression function: (_) @name
  arguments: (argument_list . (argument (integer_literal) @bits))) @found
 (#match? @name "(RSA|DSA)[.]Create$") (#match? @bits "{SHORT}"))
((object_creation_expression type: (_) @name
  arguments: (argument_list . (argument (integer_literal) @bits))) @found
 (#match? @name "(RSA|DSA)CryptoServiceProvider$") (#match? @bits "{SHORT}"))
""",
            "ruby": f"""
((call receiver: (_) @on arguments: (argument_list . (integer) @bits)) @found
 (#match? @on "PKey::(RSA|DSA)$") (#match? @bits "{SHORT}"))
""",
            "rust": f"""
((call_expression function: (scoped_identifier) @name
  arguments: (arguments (integer_literal) @bits)) @found
 (#match? @name "(Rsa::generate|RsaPrivateKey::new)$") (#match? @bits "{SHORT}"))
""",
            "c": f"""
((call_expression function: (identifier) @name
  arguments: (argument_list (number_literal) @bits)) @found
 (#match? @name "^(RSA|DSA)_generate|_set_(rsa|dsa)_.*bits$") (#match? @bits "{SHORT}"))
((call_expression arguments: (argument_list (string_literal) @found))
 (#match? @found "(?i)(rsa|dsa)[^;]{{0,60}}[^0-9](512|768|1024)([^0-9]|$)"))
((init_declarator value: (string_literal) @found)
 (#match? @found "(?i)(rsa|dsa)[^;]{{0,60}}[^0-9](512|768|1024)([^0-9]|$)"))
""",
        },
    ),
)
