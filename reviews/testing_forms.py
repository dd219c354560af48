"""What people send about tests: shape only."""

from typing import Any, Self

from django import forms
from django.utils.translation import gettext, gettext_lazy

from feedback.records import LONGEST as LONGEST_CODE
from reviews.models import TestRecipe
from reviews.recipes import Files, Said
from reviews.suites import LONGEST, USUAL_SECONDS, NoSuite, files_of, words_of, written

MOST_TEXT = 10 * LONGEST
LONGEST_TEST = 30  # seconds; a constraint of the table says the same


class TriedForm(forms.Form):
    """A code that a reviewer wants to see tested."""

    code = forms.CharField(required=False, strip=False, max_length=LONGEST_CODE)

    def tried(self) -> str:
        """The code, with the line ends of a file: browsers send CRLF from a text area."""
        return str(self.cleaned_data["code"]).replace("\r\n", "\n")


class PolicyForm(forms.Form):
    """When tests run."""

    is_automatic = forms.BooleanField(
        label=gettext_lazy("Run the tests of new examples by themselves"),
        required=False,
        help_text=gettext_lazy("Otherwise they run when a reviewer asks for them."),
    )


class RecipeForm(forms.Form):
    """A recipe: tests for a language and a path."""

    name = forms.SlugField(
        label=gettext_lazy("Name"),
        max_length=60,
        help_text=gettext_lazy("Saving under a known name makes a new version"),
    )
    language = forms.CharField(
        label=gettext_lazy("Language"),
        required=False,
        max_length=40,
        help_text=gettext_lazy("Empty: any"),
    )
    path = forms.CharField(
        label=gettext_lazy("Path"),
        required=False,
        max_length=300,
        help_text=gettext_lazy("A pattern, as in billing/*.py. Empty: any"),
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind"),
        choices=TestRecipe.Kind.choices,
        initial=TestRecipe.Kind.PYTHON,
    )
    command = forms.CharField(
        label=gettext_lazy("Command"),
        required=False,
        max_length=300,
        help_text=gettext_lazy(
            "For a command: its words, with {test} for the test file, as in node {test}"
        ),
    )
    tests = forms.CharField(
        label=gettext_lazy("Tests"),
        strip=False,
        max_length=MOST_TEXT,
        widget=forms.Textarea(attrs={"rows": 10, "spellcheck": "false"}),
        help_text=gettext_lazy(
            "One file, or several, each after a line === path. The code lies at its own path"
        ),
    )
    beside = forms.CharField(
        label=gettext_lazy("Files beside them"),
        required=False,
        strip=False,
        max_length=MOST_TEXT,
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false"}),
        help_text=gettext_lazy("What code and tests import, each after a line === path"),
    )
    seconds = forms.IntegerField(
        label=gettext_lazy("Seconds for a test"),
        min_value=1,
        max_value=LONGEST_TEST,
        initial=USUAL_SECONDS,
    )

    @classmethod
    def of(cls, recipe: TestRecipe | None) -> Self:
        """The form with what a recipe says, or empty."""
        if recipe is None:
            return cls()
        names = ("name", "language", "path", "kind", "command", "seconds")
        said: dict[str, Any] = {name: getattr(recipe, name) for name in names}
        return cls(initial=said | {"tests": written(recipe.tests), "beside": written(recipe.files)})

    def clean_tests(self) -> Files:
        """At least one file."""
        ending = ".py" if self.data.get("kind") == TestRecipe.Kind.PYTHON else ".txt"
        found = _files(self.cleaned_data["tests"], f"tests{ending}")
        if not found:
            raise forms.ValidationError(gettext("Write at least one test."))
        return found

    def clean_beside(self) -> Files:
        """Any number of files; without a heading there is no name for one."""
        found = _files(self.cleaned_data["beside"], "")
        if found and not found[0][0]:
            raise forms.ValidationError(gettext("Begin each file with a line === path."))
        return found

    def clean(self) -> dict[str, Any]:
        """A command has words."""
        said = super().clean() or {}
        if said.get("kind") == TestRecipe.Kind.COMMAND:
            try:
                words_of(said.get("command", ""))
            except NoSuite as error:
                self.add_error("command", gettext("Cannot be used: {error}.").format(error=error))
        return said


def said_of(form: RecipeForm) -> Said:
    """What a valid form says."""
    said = dict(form.cleaned_data)
    return Said(files=said.pop("beside"), **said)


def _files(text: str, name: str) -> Files:
    try:
        return files_of(text.replace("\r\n", "\n"), name)
    except NoSuite as error:
        raise forms.ValidationError(
            gettext("Cannot be used: {error}.").format(error=error)
        ) from None
