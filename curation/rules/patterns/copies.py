"""C functions that write as much as there is, however much room there is."""

from curation.rules.patterns.pattern import LITERAL, Pattern

PATTERNS = (
    Pattern(
        "security/unbounded-copy",
        "It writes as much as it gets, whatever room there is",
        {
            "c": """
((call_expression function: (identifier) @name) @found
 (#any-of? @name "gets" "strcpy" "strcat" "stpcpy" "vsprintf" "wcscpy" "wcscat"))
((call_expression function: (identifier) @name
  arguments: (argument_list . (_) . (string_literal) @text)) @found
 (#eq? @name "sprintf") (#match? @text "%s"))
((call_expression function: (identifier) @name
  arguments: (argument_list (string_literal) @text)) @found
 (#any-of? @name "scanf" "fscanf" "sscanf") (#match? @text "%s"))
""",
        },
    ),
    Pattern(
        "security/format-from-elsewhere",
        "A value is used as a format",
        {
            "c": f"""
((call_expression function: (identifier) @name arguments: (argument_list . (_) @part .)) @found
 (#any-of? @name "printf" "vprintf") (#not-match? @part "{LITERAL}"))
((call_expression function: (identifier) @name
  arguments: (argument_list . (_) . (_) @part .)) @found
 (#any-of? @name "fprintf" "sprintf" "syslog") (#not-match? @part "{LITERAL}"))
""",
        },
    ),
    Pattern(
        "security/size-multiplied",
        "A size that is a product may overflow, and too little is allocated",
        {
            "c": """
((call_expression function: (identifier) @name
  arguments: (argument_list
   . (binary_expression left: (_) @left operator: "*" right: (_) @right))) @found
 (#any-of? @name "malloc" "alloca")
 (#not-match? @left "^[0-9]+$") (#not-match? @right "^[0-9]+$"))
((call_expression function: (identifier) @name) @found (#eq? @name "alloca"))
""",
        },
    ),
)
