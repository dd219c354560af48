"""Objects made of bytes from elsewhere, which then run what they like."""

from curation.rules.patterns.pattern import LITERAL, Pattern

PATTERNS = (
    Pattern(
        "security/object-from-bytes",
        "Bytes from elsewhere become objects",
        {
            "java": """
((object_creation_expression type: (type_identifier) @name) @found
 (#any-of? @name "ObjectInputStream" "XMLDecoder"))
""",
            "php": """
((function_call_expression function: (name) @name
  arguments: (arguments . (argument (_) @part) .)) @found
 (#eq? @name "unserialize") (#match? @part "[$]"))
""",
            "ruby": f"""
((call receiver: (constant) @on method: (identifier) @name
  arguments: (argument_list . (_) @part)) @found
 (#any-of? @on "Marshal" "YAML" "Psych") (#any-of? @name "load" "unsafe_load" "restore")
 (#not-match? @part "{LITERAL}"))
""",
            "csharp": """
((object_creation_expression type: (_) @name) @found
 (#any-of? @name "BinaryFormatter" "NetDataContractSerializer" "LosFormatter" "SoapFormatter"))
((member_access_expression) @found (#match? @found "^TypeNameHandling[.](All|Auto|Objects)$"))
""",
            "javascript": """
((call_expression function: (_) @name) @found (#match? @name "^(serialize[.])?unserialize$"))
""",
        },
    ),
    Pattern(
        "security/xml-entities",
        "XML may name files and addresses that are then read",
        {
            "javascript": """
((pair key: (property_identifier) @key value: (true)) @found
 (#any-of? @key "noent" "expandEntities" "processExternalEntities"))
""",
            "c": """
((identifier) @found (#any-of? @found "XML_PARSE_NOENT" "XML_PARSE_DTDLOAD"))
""",
            "csharp": """
((member_access_expression) @found (#eq? @found "DtdProcessing.Parse"))
""",
            "php": """
((function_call_expression function: (name) @name
  arguments: (arguments . (argument (boolean) @value))) @found
 (#eq? @name "libxml_disable_entity_loader") (#match? @value "(?i)false"))
((name) @found (#eq? @found "LIBXML_NOENT"))
""",
        },
    ),
    Pattern(
        "security/token-unverified",
        "A signed token is read without a look at its signature",
        {
            "javascript": """
((call_expression function: (_) @name) @found (#match? @name "^(jwt|jsonwebtoken)[.]decode$"))
((pair key: (_) @key value: (array (string) @value)) @found
 (#match? @key "^algorithms?$") (#match? @value "(?i)none"))
""",
            "go": """
((call_expression function: (selector_expression field: (field_identifier) @name)) @found
 (#eq? @name "ParseUnverified"))
""",
            "ruby": """
((call receiver: (constant) @on method: (identifier) @name
  arguments: (argument_list (_) (_) . (false))) @found
 (#eq? @on "JWT") (#eq? @name "decode"))
""",
        },
    ),
)
