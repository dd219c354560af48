import pytest

from governance.models import User
from reviews.keys import ACTIONS, REBINDABLE, KeyRefused, caps, changed, in_shape, is_bare, keys_of


def someone(**keys):
    return User(username="wren", keys=keys)


def test_everyone_starts_with_the_same_keys_and_no_two_are_alike():
    keys = [keys_of(someone()).of(action.name) for action in ACTIONS]
    assert all(keys)
    assert len(set(keys)) == len(keys)


def test_the_usual_keys_pass_their_own_check():
    assert changed({}, bare=True)[1] == {}


@pytest.mark.parametrize(
    ("typed", "shaped"),
    [
        ("Y", "y"),
        ("alt+Y", "Alt+y"),
        ("shift+ALT+y", "Alt+Shift+y"),
        (" + ", "+"),
        ("Shift+h", "Shift+h"),
        ("Ctrl+;", "Ctrl+;"),
        ("f2", "F2"),
    ],
)
def test_a_key_is_put_into_shape(typed, shaped):
    assert in_shape(typed) == shaped


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("", "Give one key"),
        ("ab", "Give one key"),
        ("Backspace", "Give one key"),
        ("Enter", "Give one key"),
        ("7", "digits choose"),
        ("Ctrl+w", "browser keeps"),
        ("Ctrl+K", "browser keeps"),
        ("Shift+;", "the sign itself"),
    ],
)
def test_a_key_that_would_do_harm_is_refused(typed, why):
    with pytest.raises(KeyRefused, match=why):
        in_shape(typed)


def test_two_acts_never_share_a_key():
    problems = changed({"accept": "r"}, bare=True)[1]
    assert "key for “Accept" in problems["reject"]


def test_two_keys_may_change_places():
    keys, problems = changed({"accept": "r", "reject": "a"}, bare=True)
    assert problems == {}
    assert (keys.of("accept"), keys.of("reject")) == ("r", "a")
    assert keys.to_json() == {"own": {"accept": "r", "reject": "a"}, "bare": True}


def test_with_bare_keys_off_only_keys_with_ctrl_or_alt_act():
    mine = keys_of(someone(own={"accept": "Alt+y", "skip": "Shift+s"}, bare=False))
    assert mine.of("accept") == "Alt+y"
    assert [mine.of(name) for name in ("reject", "skip", "line-next", "severity-up")] == [""] * 4
    assert mine.of("decide") == "Ctrl+Enter"
    assert mine.of("category") == ""
    assert mine.chosen("reject") == "r"
    assert [words for words, _ in mine.legend()] == ["decide and next"]
    assert keys_of(someone()).legend()[0] == ("line", ["j", "k"])


@pytest.mark.parametrize(
    "stored", [None, [], "x", {"own": 3}, {"own": {"gone": "x", "accept": 4}}, {"bare": "no"}]
)
def test_what_is_stored_and_makes_no_sense_is_passed_over(stored):
    assert keys_of(User(keys=stored)) == keys_of(User(keys={}))


def test_caps_name_each_part():
    assert caps("Alt+Shift+y") == ["Alt", "Shift", "Y"]
    assert caps("+") == ["+"]
    assert caps("Ctrl++") == ["Ctrl", "+"]
    assert caps("-") == ["−"]
    assert is_bare("Shift+h")
    assert not is_bare("F2")
    assert len(REBINDABLE) < len(ACTIONS)
