"""Certificates that nobody checks."""

from curation.rules.patterns.pattern import Pattern

PATTERNS = (
    Pattern(
        "security/certificate-unchecked",
        "Certificates are not checked",
        {
            "javascript": """
((pair key: (_) @key value: (false)) @found (#match? @key "rejectUnauthorized|strictSSL"))
((assignment_expression left: (_) @key right: (_) @value) @found
 (#match? @key "NODE_TLS_REJECT_UNAUTHORIZED") (#match? @value "0"))
""",
            "go": """
((keyed_element key: (_) @key value: (_) @value) @found
 (#eq? @key "InsecureSkipVerify") (#eq? @value "true"))
((assignment_statement left: (_) @key right: (_) @value) @found
 (#match? @key "InsecureSkipVerify$") (#eq? @value "true"))
""",
            "java": """
((identifier) @found
 (#any-of? @found "NoopHostnameVerifier" "ALLOW_ALL_HOSTNAME_VERIFIER"
  "AllowAllHostnameVerifier" "TrustAllStrategy"))
((method_declaration name: (identifier) @name body: (block) @body) @found
 (#eq? @name "checkServerTrusted") (#match? @body "^[{][^a-z]*[}]$"))
""",
            "csharp": """
((assignment_expression left: (_) @key right: (_) @value) @found
 (#match? @key "ServerCertificate(Custom)?Validation(Callback)?$")
 (#match? @value "=> *true$|return true;|DangerousAcceptAny"))
""",
            "rust": """
((call_expression function: (field_expression field: (field_identifier) @name)
  arguments: (arguments . (boolean_literal) @value)) @found
 (#match? @name "^danger_accept_invalid_") (#eq? @value "true"))
((scoped_identifier) @found (#match? @found "SslVerifyMode::NONE$"))
""",
            "ruby": """
((scope_resolution) @found (#match? @found "SSL::VERIFY_NONE$"))
((pair key: (_) @key value: (false)) @found (#match? @key "^:?verify(_ssl)?:?$"))
""",
            "php": """
((argument (name) @key) . (argument (_) @value) @found
 (#match? @key "^CURLOPT_SSL_VERIFY(PEER|HOST)$") (#match? @value "(?i)^(false|0)$"))
((array_element_initializer (_) @key (_) @value) @found
 (#match? @key "verify_peer|CURLOPT_SSL_VERIFY") (#match? @value "(?i)^(false|0)$"))
""",
            "c": """
((argument_list (identifier) @key . (_) @value) @found
 (#match? @key "^CURLOPT_SSL_VERIFY(PEER|HOST)$") (#match? @value "^(0L?|false)$"))
((identifier) @found (#eq? @found "SSL_VERIFY_NONE"))
""",
        },
    ),
)
