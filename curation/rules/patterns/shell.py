"""Commands for a shell, put together with values or taken whole from somewhere."""

from curation.rules.patterns.pattern import LITERAL, Pattern

SHELL = "^[\\\"'](/bin/|/usr/bin/)?(ba|da|z)?sh[\\\"']$|^[\\\"']cmd([.]exe)?[\\\"']$"

PATTERNS = (
    Pattern(
        "security/shell-command",
        "A shell is given a command with values in it",
        {
            "javascript": f"""
((call_expression function: (_) @name
  arguments: (arguments . [(template_string (template_substitution)) (binary_expression)])) @found
 (#match? @name "(^|[.])(exec|execSync)$"))
((call_expression function: (_) @name
  arguments: (arguments . (_) @part)) @found
 (#match? @name "^((child_process|cp)[.])?(exec|execSync)$") (#not-match? @part "{LITERAL}"))
((pair key: (property_identifier) @key value: (true)) @found (#eq? @key "shell"))
""",
            "go": f"""
((call_expression function: (selector_expression) @name
  arguments: (argument_list . (_) @shell . (_) . (_) @part)) @found
 (#eq? @name "exec.Command") (#match? @shell "{SHELL}") (#not-match? @part "{LITERAL}"))
""",
            "java": f"""
((method_invocation object: (_) @on name: (identifier) @name
  arguments: (argument_list . (_) @part)) @found
 (#match? @on "getRuntime|^(runtime|rt)$") (#eq? @name "exec")
 (#not-match? @part "{LITERAL}") (#not-match? @part "^new String"))
((method_invocation object: (_) @on name: (identifier) @name
  arguments: (argument_list . (binary_expression))) @found
 (#match? @on "getRuntime|^(runtime|rt)$") (#eq? @name "exec"))
((object_creation_expression type: (type_identifier) @name
  arguments: (argument_list . (_) @shell . (_) . (_) @part)) @found
 (#eq? @name "ProcessBuilder") (#match? @shell "{SHELL}") (#not-match? @part "{LITERAL}"))
""",
            "rust": f"""
((call_expression
  function: (field_expression
   value: (call_expression
    function: (field_expression field: (field_identifier) @first)
    arguments: (arguments . (string_literal) @flag))
   field: (field_identifier) @second)
  arguments: (arguments . (_) @part)) @found
 (#eq? @first "arg") (#eq? @second "arg") (#match? @flag "^.-c.$")
 (#not-match? @part "{LITERAL}"))
""",
            "ruby": f"""
((call !receiver method: (identifier) @name
  arguments: (argument_list . (string (interpolation)) .)) @found
 (#any-of? @name "system" "exec" "spawn"))
((call !receiver method: (identifier) @name arguments: (argument_list . (_) @part .)) @found
 (#any-of? @name "system" "exec" "spawn") (#not-match? @part "{LITERAL}"))
(subshell (interpolation)) @found
""",
            "php": """
((function_call_expression function: (name) @name
  arguments: (arguments . (argument (_) @part))) @found
 (#any-of? @name "exec" "shell_exec" "system" "passthru" "popen" "proc_open")
 (#not-match? @part "^'") (#match? @part "[$]") (#not-match? @part "escapeshell"))
(shell_command_expression (variable_name)) @found
""",
            "csharp": """
((invocation_expression function: (_) @name
  arguments: (argument_list
   (argument [(binary_expression) (interpolated_string_expression)]))) @found
 (#match? @name "(^|[.])Process[.]Start$"))
""",
            "c": f"""
((call_expression function: (identifier) @name
  arguments: (argument_list . (_) @part)) @found
 (#any-of? @name "system" "popen") (#not-match? @part "{LITERAL}"))
""",
        },
    ),
)
