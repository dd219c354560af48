"""Nothing planted comes through, in any language, and code stays code."""

import ast
import random
from functools import cache
from importlib import import_module

import pytest
from tree_sitter import Language, Parser

from feedback.masking import finding, masker
from feedback.masking.columns import moved
from feedback.masking.finding import OutOfTime
from feedback.masking.masker import Masked, Policy, Unsearched, masked
from feedback.masking.placeholders import SHAPE, pepper_for, placeholder
from lib.grammars import GRAMMARS
from tests import planted

SEED = random.randrange(2**32)  # noqa: S311  printed where a test fails
POLICY = Policy(pepper_for("a key of the server", 1))


@cache
def parser(language):
    package, function = GRAMMARS[language]
    return Parser(Language(getattr(import_module(package), function)()))


def parses(code, language):
    if language == "python":
        ast.parse(code)
    return not parser(language).parse(code.encode()).root_node.has_error


def mask(*records, policy=POLICY):
    return [*masked(dict(enumerate(records)), policy, lambda: 0.0).values()]


def text(value, **fields):
    """One text, masked as an output is."""
    return mask({"type": "generation", "output": value} | fields)[0].value["output"]


def core(secret):
    """The part of what was planted that must not be seen."""
    for opening, closing in (("://app:", "@"), ("Bearer ", None)):
        if opening in secret:
            rest = secret.partition(opening)[2]
            return rest.partition(closing)[0] if closing else rest
    return secret


@pytest.mark.parametrize("language", planted.CODE)
def test_every_kind_is_masked_and_the_code_parses(language):
    for kind, secret in planted.shaped(SEED).items():
        code = planted.CODE[language].replace("@", secret, 1)
        was, after = parses(code, language), text(code)
        assert core(secret) not in after, (kind, language, SEED)
        assert parses(after, language) == was, (kind, after)
        assert after.count("\n") == code.count("\n")
        assert SHAPE.search(after)


@pytest.mark.parametrize("language", planted.NAMED)
def test_a_password_is_masked_where_only_its_name_tells(language):
    for secret in planted.passwords(SEED):
        code = planted.NAMED[language].replace("@", secret)
        after = text(code)
        assert secret not in after, (secret, language, SEED)
        assert parses(after, language), after


@pytest.mark.parametrize(
    "line",
    [
        "DB_PASSWORD=@",
        "export API_TOKEN=@",
        "spring.datasource.password=@",
        "  password: @",
        "<password>@</password>",
        "Server=db;User=ann;Password=@;Timeout=30",
        "curl https://api.acme.dev/v1?api_key=@",
        "deploy --token @ now",
        '{"client_secret": "@"}',
        'client.setPassword("@");',
        'if (token == "@") {',
        "Authorization: Bearer @",
        'headers["X-Api-Key"] = "@"',
        'String apiKey = "@";',
        "aws_secret_access_key = @",
        r'body := "{\"api_key\": \"@\", \"n\": 1}"',
        r"""curl -d '{\'client_secret\':\'@\'}' https://api.acme.dev""",
        r'log("{\\\"password\\\": \\\"@\\\"}")',
    ],
)
def test_a_secret_is_masked_by_what_stands_around_it(line):
    secret = "aB3" + planted.any_of(planted.WORD, 37, random.Random(SEED))
    after = text(f"first\n{line.replace('@', secret)}\nlast\n")
    assert secret not in after
    assert after.startswith("first\n")
    assert after.endswith("\nlast\n")


@pytest.mark.parametrize("value", ["%s", "password", "your-password", "${PASSWORD}", "abc"])
def test_no_template_in_escaped_json_is_taken_for_a_secret(value):
    line = r'body = fmt.Sprintf("{\"password\": \"@\"}", given)'.replace("@", value)
    assert text(line) == line


@pytest.mark.parametrize("armour", ["plain", "escaped", "joined", "cut short", "indented"])
def test_a_private_key_is_masked_line_by_line(armour):
    lines = planted.private_key(SEED)
    code = {
        "plain": "KEY = '''\n" + "\n".join(lines) + "\n'''\n",
        "escaped": 'KEY = "' + "\\n".join(lines) + '"\n',
        "joined": "KEY = (\n" + "".join(f'    b"{line}\\n"\n' for line in lines) + ")\n",
        "cut short": "KEY = '''\n" + "\n".join(lines[:6]) + "\n'''\n",
        "indented": "KEY = '''\n" + "\n".join(f"    {line}" for line in lines) + "'''\n",
    }[armour]
    ast.parse(code)
    after = text(code)
    ast.parse(after)
    assert not any(line in after for line in lines[1:-1])
    assert after.count("\n") == code.count("\n")
    assert text(after) == after


def test_what_was_masked_stays_as_it_is():
    made = [*planted.shaped(SEED).values()]
    code = "".join(f'x{n} = "{secret}"\n' for n, secret in enumerate(made))
    code += "".join(f'password = "{each}"\n' for each in planted.passwords(SEED))
    once = text(code)
    again = mask({"type": "generation", "output": once})[0]
    assert again.value["output"] == once
    assert not again.counts


def test_a_secret_has_one_placeholder_wherever_it_stands():
    secret = planted.passwords(SEED)[1]
    one, other, third = mask(
        {
            "type": "generation",
            "id": "g",
            "prompt": f'# never print {secret}\npassword = "{secret}"\n',
            "output": f'connect("{secret}")\n',
            "file_path": f"keys/{secret}/a.py",
            "original": {"deep": [{secret: secret}]},
        },
        {"type": "correction", "id": "c", "generation": "g", "corrected": f"x('{secret}')\n",
         "comment": f"{secret} was in the code"},
        {"type": "reaction", "kind": "shown"},
    )  # fmt: skip
    instead = placeholder(POLICY.pepper, "secret", secret)
    assert secret not in str((one, other))
    assert one.value["prompt"] == f'# never print {instead}\npassword = "{instead}"\n'
    assert one.value["output"] == f'connect("{instead}")\n'
    assert one.value["file_path"] == f"keys/{instead}/a.py"
    assert one.value["original"] == {"deep": [{instead: instead}]}
    assert other.value["comment"] == f"{instead} was in the code"
    assert other.value["corrected"] == f"x('{instead}')\n"
    assert third.value == {"type": "reaction", "kind": "shown"}
    later = text(f'password = "{secret}"')  # of a request of its own
    assert instead in later
    elsewhere = Policy(pepper_for("a key of the server", 2))
    assert instead not in str(mask({"output": f'password = "{secret}"'}, policy=elsewhere))


def test_what_is_no_secret_is_left_alone():
    code = (
        'password = "password"\ntoken = os.environ["TOKEN"]\nkeyJoin.map(sk_live)\n'
        'secret = "${SECRET}"\napi_key = "your-api-key-here"\npassword: string;\n'
        "def login(password: str, token: Token2) -> None:\n    self.password = password\n"
        'digest = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"\n'
        'id = "0199f2c4-7d1e-7c60-9a55-3f1d2b8c4e70"\nmail = "ann@example.com"\n'
        'integrity = "sha512-' + "a1B2" * 21 + 'aa=="\nv = "4.0.30319.1"\nhost = "10.0.0.7"\n'
        "icon@2x.png git@github.com:acme/billing.git lodash@4.17.21 a + 1234567890 \n"
        "at = 1732612345678\nphone = '555-0100'\nx = y +12345\n"
    )
    one = mask({"type": "generation", "output": code})[0]
    assert one.value["output"] == code
    assert not one.counts


def test_names_that_join_records_keep_what_is_no_secret():
    one = mask({"type": "reaction", "id": "4111" + "1111" * 3, "developer": "ann@acme-corp.io"})[0]
    assert one.value["developer"] == "ann@acme-corp.io"
    assert not one.counts


def test_a_number_stays_a_number_where_nothing_else_parses():
    card = planted.shaped(SEED)["card"]
    one = mask({"output": f'{{"card": {card}, "n": 1}}', "mine": {"card": int(card)}})[0].value
    assert card not in str(one)
    instead = one["output"].split(": ")[1].split(",")[0]
    assert instead.isdigit()
    assert len(instead) == len(card)
    assert SHAPE.fullmatch(one["mine"]["card"])


def test_columns_move_with_the_text_and_lines_stay():
    secret = planted.shaped(SEED)["github"]
    output = f'a = 1\nb = ["{secret}", "{secret}", here]\n'
    one = mask({"type": "generation", "output": output})[0]
    after = one.value["output"].split("\n")[1]
    was = output.split("\n")[1]
    column = moved(2, was.index("here"), one.shifts, is_end=False)
    assert after[column:] == "here]"
    assert moved(1, 3, one.shifts, is_end=False) == 3
    first = was.index(secret)
    inside = [moved(2, first + 5, one.shifts, is_end=is_end) for is_end in (False, True)]
    assert SHAPE.fullmatch(after[inside[0] : inside[1]])


def test_counts_say_how_many_and_never_what():
    made = planted.shaped(SEED)
    one = mask({"output": f'"{made["github"]}" {made["email"]} {made["email"]}'})[0]
    assert one.counts == {"github_token": 1, "email": 2}
    key = "\n".join(planted.private_key(SEED))
    assert mask({"output": key})[0].counts == {"private_key": 1}


def test_a_detector_that_raises_costs_its_record_and_no_other(monkeypatch):
    made = planted.shaped(SEED)

    def broken(text):
        raise RuntimeError(text)  # as careless as a message can be

    monkeypatch.setattr(
        masker, "EVERYTHING", (finding.Family((broken,), ("gh[p]_",)), *finding.EVERYTHING)
    )
    bad, good = mask({"output": made["github"]}, {"output": made["gitlab"]})
    assert isinstance(bad, Unsearched)
    assert str(bad) == "the search for secrets failed (RuntimeError)"
    assert isinstance(good, Masked)
    assert made["gitlab"] not in str(good)


def test_a_search_that_takes_too_long_costs_its_record():
    seconds = iter(range(0, 10_000, 3))
    results = masked({0: {"output": "password = 'hunter-2-x'"}}, POLICY, lambda: next(seconds))
    assert str(results[0]) == "the search for secrets took too long"
    with pytest.raises(OutOfTime):
        masker._limit(iter((0.0, 2.1)).__next__)(0)


@pytest.mark.parametrize(
    "unit",
    ["password='", "a@", "://a:", "-----BEGIN PRIVATE KEY-----", "1.1.", "eyJ", "x", "aws ", "+1 "],
)
def test_no_text_holds_a_search_up(unit):
    hostile = 'password="' + unit * (100_000 // len(unit)) + '!" '
    for each in finding.EVERYTHING:
        for finder in each.finders:
            list(finder(hostile))  # each is linear; one that is not never ends
