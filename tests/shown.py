"""A page without what its scripts may come to say."""

import re

WORDS = re.compile(r'<script id="words".*?</script>', re.S)


def shown(answer):
    """What the answer itself shows."""
    return WORDS.sub("", answer.text)
