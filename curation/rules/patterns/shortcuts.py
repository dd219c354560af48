"""Two passes over a collection where one does, or a whole collection made for one item."""

from curation.rules.patterns.pattern import Pattern

# first call, what is then asked of it
CHAIN = """
((call receiver: (call method: (identifier) @first) method: (identifier) @then) @found
 (#any-of? @first {first}) (#any-of? @then {then}))
"""

PATTERNS = (
    Pattern(
        "performance/two-passes",
        "It goes over all where one pass, or a part, is enough",
        {
            "javascript": """
((subscript_expression object: (call_expression
  function: (member_expression property: (property_identifier) @first)) index: (number)) @found
 (#any-of? @first "filter" "sort"))
((binary_expression left: (member_expression object: (call_expression
  function: (member_expression property: (property_identifier) @first))
  property: (property_identifier) @then) right: (number)) @found
 (#eq? @first "filter") (#eq? @then "length"))
((call_expression function: (member_expression object: (call_expression
  function: (member_expression property: (property_identifier) @first))
  property: (property_identifier) @then)) @found
 (#eq? @first "map") (#eq? @then "flat"))
""",
            "ruby": (
                CHAIN.format(
                    first='"select" "filter" "find_all"',
                    then='"first" "last" "count" "size" "length" "any?" "empty?" "none?"',
                )
                + CHAIN.format(first='"map" "collect"', then='"flatten" "sum" "compact" "to_h"')
                + CHAIN.format(first='"sort" "sort_by"', then='"first" "last" "reverse"')
                + CHAIN.format(first='"reverse" "keys" "values" "shuffle"', then='"each" "first"')
                + CHAIN.format(first='"chars" "bytes"', then='"first" "last" "count" "size"')
            ),
            "java": """
((method_invocation object: (method_invocation name: (identifier) @first)
  name: (identifier) @then) @found
 (#eq? @first "sorted") (#eq? @then "findFirst"))
((binary_expression left: (method_invocation object: (method_invocation
  name: (identifier) @first) name: (identifier) @then)
  right: (decimal_integer_literal)) @found
 (#eq? @first "filter") (#eq? @then "count"))
""",
            "csharp": """
((invocation_expression function: (member_access_expression
  expression: (invocation_expression function: (member_access_expression
   name: (identifier) @first)) name: (identifier) @then)) @found
 (#match? @first "^(Where|OrderBy|OrderByDescending|ToList|ToArray)$")
 (#match? @then "^(First|FirstOrDefault|Any|Count|Single|Last)$"))
((binary_expression left: (invocation_expression function: (member_access_expression
  name: (identifier) @name) arguments: (argument_list) @none)
  operator: [">" "=="  "!="] right: (integer_literal) @zero) @found
 (#eq? @name "Count") (#eq? @none "()") (#eq? @zero "0"))
""",
            "rust": """
((call_expression function: (field_expression value: (call_expression
  function: (field_expression field: (field_identifier) @first))
  field: (field_identifier) @then)) @found
 (#eq? @first "filter") (#any-of? @then "next" "count"))
((call_expression function: (field_expression value: (call_expression
  function: (generic_function function: (field_expression
   field: (field_identifier) @first)))
  field: (field_identifier) @then)) @found
 (#eq? @first "collect") (#any-of? @then "len" "is_empty" "iter" "into_iter"))
""",
        },
    ),
)
