"""Work that a loop repeats, or that grows with what it has done."""

from curation.rules.patterns.pattern import LOOPS, Pattern

PATTERNS = (
    Pattern(
        "performance/text-grows-in-loop",
        "Each turn copies the whole text once more",
        {
            "java": """
((assignment_expression left: (identifier) operator: "+=" right: (_) @part) @found
 (#match? @part "^[\\"]|[+] *[\\"]"))
""",
            "csharp": """
((assignment_expression left: (identifier) "+=" right: (_) @part) @found
 (#match? @part "^[$@]*[\\"]|[+] *[\\"]"))
""",
            "go": """
((assignment_statement left: (expression_list (identifier)) "+=" right: (_) @part) @found
 (#match? @part "^[\\"`]|[+] *[\\"]|^string[(]|^fmt[.]Sprint"))
""",
            "ruby": """
((operator_assignment left: (identifier) operator: "+=" right: (string)) @found)
""",
            "kotlin": """
((assignment (identifier) (string_literal)) @found)
""",
        },
        inside=LOOPS,
    ),
    Pattern(
        "performance/compiled-in-loop",
        "A pattern is compiled at each turn",
        {
            "javascript": """
((new_expression constructor: (identifier) @name) @found (#eq? @name "RegExp"))
""",
            "java": """
((method_invocation object: (identifier) @on name: (identifier) @name) @found
 (#eq? @on "Pattern") (#eq? @name "compile"))
""",
            "go": """
((call_expression function: (selector_expression) @name) @found
 (#match? @name "^regexp[.](MustCompile|Compile|MatchString)$"))
""",
            "rust": """
((call_expression function: (scoped_identifier) @name) @found (#match? @name "Regex::new$"))
""",
            "csharp": """
((object_creation_expression type: (_) @name) @found (#eq? @name "Regex"))
""",
            "ruby": """
((call receiver: (constant) @on method: (identifier) @name) @found
 (#eq? @on "Regexp") (#eq? @name "new"))
((regex (interpolation)) @found)
""",
        },
        inside=LOOPS,
    ),
    Pattern(
        "performance/waits-in-loop",
        "It waits for one before it begins the next",
        {
            "javascript": """
((await_expression (call_expression)) @found)
""",
        },
        inside=LOOPS,
    ),
    Pattern(
        "performance/searched-in-loop",
        "A list is searched from its beginning for each item",
        {
            "javascript": """
((call_expression function: (member_expression property: (property_identifier) @outer)
  arguments: (arguments . (arrow_function body: (call_expression
   function: (member_expression property: (property_identifier) @inner))))) @found
 (#any-of? @outer "filter" "map" "some" "every" "find")
 (#any-of? @inner "includes" "indexOf" "find"))
""",
            "ruby": """
((call method: (identifier) @outer block: (_ body: (_ (call
  method: (identifier) @inner)))) @found
 (#any-of? @outer "select" "reject" "map") (#any-of? @inner "include?" "index"))
""",
        },
    ),
)
