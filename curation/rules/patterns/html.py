"""Values put into pages as they are."""

from curation.rules.patterns.pattern import LITERAL, Pattern

TAG = "^[$@]?.[^;]{0,300}</?[a-zA-Z]"
SAFE = "(?i)escap|sanit|encode|purify|htmlspecialchars|htmlentities"
IN_SCRIPT = f"""
((assignment_expression left: (member_expression property: (property_identifier) @name)
  right: (_) @part) @found
 (#any-of? @name "innerHTML" "outerHTML") (#not-match? @part "^[\\"']")
 (#not-match? @part "{SAFE}"))
((call_expression function: (_) @name arguments: (arguments (_) @part .)) @found
 (#match? @name "document[.]write(ln)?$|[.]insertAdjacentHTML$")
 (#not-match? @part "^[\\"']") (#not-match? @part "{SAFE}"))
"""

PATTERNS = (
    Pattern(
        "security/html-built",
        "HTML is put together with values",
        {
            "javascript": IN_SCRIPT,
            "tsx": f"""{IN_SCRIPT}
((jsx_attribute (property_identifier) @name) @found (#eq? @name "dangerouslySetInnerHTML"))
""",
            "go": f"""
((call_expression function: (selector_expression) @name
  arguments: (argument_list . (_) @part)) @found
 (#match? @name "^template[.](HTML|JS|URL)$") (#not-match? @part "{LITERAL}"))
((type_conversion_expression type: (_) @name operand: (_) @part) @found
 (#match? @name "^template[.](HTML|JS|URL)$") (#not-match? @part "{LITERAL}"))
((call_expression function: (selector_expression field: (field_identifier) @name)
  arguments: (argument_list [(interpreted_string_literal) (raw_string_literal)] @text
   . (_) @part)) @found
 (#match? @name "^Fprintf$") (#match? @text "{TAG}") (#match? @text "%[sv]")
 (#not-match? @part "(?i)escape"))
""",
            "php": f"""
((echo_statement (_) @part) @found
 (#match? @part "[$]_(GET|POST|REQUEST|COOKIE)") (#not-match? @part "{SAFE}"))
""",
            "ruby": """
((call method: (identifier) @name) @found (#any-of? @name "html_safe" "raw"))
""",
            "csharp": """
((invocation_expression function: (_) @name) @found (#match? @name "Html[.]Raw$"))
""",
        },
    ),
)
