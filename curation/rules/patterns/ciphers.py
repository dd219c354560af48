"""Ciphers that are broken, and modes that show what is alike in a text."""

from curation.rules.patterns.pattern import Pattern

# DES, triple DES, RC2 and RC4, Blowfish; the mode ECB with any cipher
NAME = "(?i)^.(des|desede|3des|rc2|rc4|arcfour|bf|blowfish)([-/].*)?.$|[-/]ecb"

PATTERNS = (
    Pattern(
        "security/weak-cipher",
        "A cipher that is broken, or a mode that shows repetitions",
        {
            "javascript": f"""
((call_expression function: (_) @name arguments: (arguments . (string) @cipher)) @found
 (#match? @name "(^|[.])create(Cipher|Decipher)(iv)?$") (#match? @cipher "{NAME}"))
((call_expression function: (_) @name) @found
 (#match? @name "(^|[.])create(Cipher|Decipher)$"))
""",
            "go": """
((call_expression function: (selector_expression) @name) @found
 (#any-of? @name "des.NewCipher" "des.NewTripleDESCipher" "rc4.NewCipher"))
""",
            "java": f"""
((method_invocation object: (_) @on arguments: (argument_list . (string_literal) @cipher)) @found
 (#match? @on "Cipher$") (#match? @cipher "{NAME}|^.AES.$"))
""",
            "csharp": """
((invocation_expression function: (_) @name) @found
 (#match? @name "(^|[.])(DES|TripleDES|RC2)[.]Create$"))
((object_creation_expression type: (_) @name) @found
 (#match? @name "(DES|RC2)CryptoServiceProvider$"))
((member_access_expression) @found (#eq? @found "CipherMode.ECB"))
""",
            "ruby": f"""
((call receiver: (_) @on arguments: (argument_list . (string) @cipher)) @found
 (#match? @on "Cipher$") (#match? @cipher "{NAME}"))
""",
            "php": f"""
((function_call_expression function: (name) @name
  arguments: (arguments (_) . (argument (_) @cipher))) @found
 (#any-of? @name "openssl_encrypt" "openssl_decrypt") (#match? @cipher "{NAME}"))
""",
            "c": """
((call_expression function: (identifier) @name) @found
 (#match? @name "^(EVP_(des|rc2|rc4|bf)|EVP_aes_[0-9]+_ecb|DES_|RC4)"))
""",
        },
    ),
)
