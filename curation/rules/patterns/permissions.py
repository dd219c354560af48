"""Files that anybody on the machine may change."""

from curation.rules.patterns.pattern import Pattern

OPEN = "^0o?[0-7]?[0-7]{2}[2367]$|^0o?[0-7]?[0-7][67][0-7]$"

PATTERNS = (
    Pattern(
        "security/open-permissions",
        "Others may change the file",
        {
            "javascript": f"""
((call_expression function: (_) @name arguments: (arguments (number) @mode)) @found
 (#match? @name "chmod(Sync)?$") (#match? @mode "{OPEN}"))
((pair key: (property_identifier) @key value: (number) @mode) @found
 (#eq? @key "mode") (#match? @mode "{OPEN}"))
""",
            "go": f"""
((call_expression function: (selector_expression) @name
  arguments: (argument_list (int_literal) @mode .)) @found
 (#any-of? @name "os.Chmod" "os.OpenFile" "os.WriteFile" "os.MkdirAll" "os.Mkdir")
 (#match? @mode "{OPEN}"))
((call_expression function: (selector_expression) @name
  arguments: (argument_list . (int_literal) @mask)) @found
 (#match? @name "[.]Umask$") (#match? @mask "^0o?0*$"))
""",
            "php": f"""
((function_call_expression function: (name) @name
  arguments: (arguments (_) . (argument (integer) @mode))) @found
 (#any-of? @name "chmod" "mkdir") (#match? @mode "{OPEN}"))
""",
            "ruby": f"""
((call method: (identifier) @name arguments: (argument_list (integer) @mode)) @found
 (#match? @name "chmod|mkdir") (#match? @mode "{OPEN}"))
""",
            "rust": f"""
((call_expression function: (_) @name arguments: (arguments (integer_literal) @mode)) @found
 (#match? @name "(from_mode|set_mode|[.]mode)$") (#match? @mode "{OPEN}"))
""",
            "c": f"""
((call_expression function: (identifier) @name
  arguments: (argument_list (number_literal) @mode .)) @found
 (#any-of? @name "chmod" "fchmod" "open" "creat" "mkdir") (#match? @mode "{OPEN}"))
((call_expression function: (identifier) @name
  arguments: (argument_list . (number_literal) @mask .)) @found
 (#eq? @name "umask") (#match? @mask "^0+$"))
((identifier) @found (#any-of? @found "S_IWOTH" "S_IRWXO"))
""",
        },
    ),
)
