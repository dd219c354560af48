"""Hashes that are broken: MD5 and SHA-1."""

from curation.rules.patterns.pattern import Pattern

PATTERNS = (
    Pattern(
        "security/weak-hash",
        "MD5 or SHA-1 is used",
        {
            "javascript": """
((call_expression function: (_) @name arguments: (arguments . (string) @hash)) @found
 (#match? @name "(^|[.])create(Hash|Hmac)$") (#match? @hash "(?i)^.(md[245]|sha-?1).$"))
""",
            "go": """
((call_expression function: (selector_expression) @name) @found
 (#any-of? @name "md5.New" "md5.Sum" "sha1.New" "sha1.Sum"))
""",
            "java": """
((method_invocation object: (_) @on arguments: (argument_list . (string_literal) @hash)) @found
 (#match? @on "MessageDigest$") (#match? @hash "(?i)^.(md[25]|sha-?1).$"))
((method_invocation object: (_) @on name: (identifier) @name) @found
 (#eq? @on "DigestUtils") (#match? @name "^(md5|sha1)"))
""",
            "kotlin": """
((call_expression (navigation_expression) @on
  (value_arguments . (value_argument (string_literal) @hash))) @found
 (#match? @on "MessageDigest[.]getInstance$") (#match? @hash "(?i)^.(md[25]|sha-?1).$"))
""",
            "csharp": """
((invocation_expression function: (_) @name) @found
 (#match? @name "(^|[.])(MD5|SHA1)[.](Create|HashData)$"))
((object_creation_expression type: (_) @name) @found
 (#match? @name "(MD5|SHA1)(CryptoServiceProvider|Managed|Cng)$"))
""",
            "rust": """
((call_expression function: (scoped_identifier) @name) @found
 (#match? @name "(^|::)(md5::compute|Md5::(new|digest)|Sha1::(new|digest))$"))
""",
            "ruby": """
((call receiver: (scope_resolution) @on) @found
 (#match? @on "Digest::(MD5|SHA1)$"))
""",
            "php": """
((function_call_expression function: (name) @name) @found
 (#any-of? @name "md5" "sha1" "md5_file" "sha1_file"))
((function_call_expression function: (name) @name
  arguments: (arguments . (argument (_) @hash))) @found
 (#any-of? @name "hash" "hash_hmac") (#match? @hash "(?i)^.(md[245]|sha1).$"))
""",
            "c": """
((call_expression function: (identifier) @name) @found
 (#match? @name "^(MD[245]|SHA1|EVP_md[245]|EVP_sha1)(_Init|_Update|_Final|_Init_ex)?$"))
""",
        },
    ),
)
