"""How much text a worker takes in at once, in bytes: one text may be as long as many."""

from django.db.models import Func, IntegerField, QuerySet

from curation.models import Example

AT_ONCE = 8 * 1024 * 1024  # bytes of text; two hundred ordinary examples have 1 MB


def sizes_of(examples: QuerySet[Example], *texts: str) -> list[tuple[int, int]]:
    """Each with the bytes of these of its texts, which PostgreSQL knows without reading them."""
    each = [
        Func(f"{text}__text", function="octet_length", output_field=IntegerField())
        for text in texts
    ]
    return [(pk, sum(sizes)) for pk, *sizes in examples.values_list("pk", *each)]
