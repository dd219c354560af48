"""What scripts say in the browser, by name; static/js/lib/words.js reads it out of the page."""

from django.utils.translation import gettext_noop

SCRIPT_WORDS = {
    "commentSuggestion": gettext_noop("Comment on the suggestion, line {line}"),
    "commentCorrection": gettext_noop("Comment on the correction, line {line}"),
    "draft": gettext_noop("Draft, only you see it"),
    "draftRefused": gettext_noop("Not kept: the server refused it"),
    "draftOffline": gettext_noop("Not kept: offline. It stays here."),
    "copied": gettext_noop("Copied"),
    "selected": gettext_noop("Selected: press Ctrl C"),
    "copy": gettext_noop("Copy"),
    "unsent": gettext_noop("{n} unsent"),
    "refused": gettext_noop("{n} refused"),
    "loggedOutUnsent": gettext_noop(
        "You are logged out. Log in again in this browser, and they are sent."
    ),
    "keptUnsent": gettext_noop(
        "They are kept in this browser and sent by themselves, in order, once the server answers."
    ),
    "onThisPage": gettext_noop("On this page"),
    "matches": gettext_noop("{n} matches"),
    "noMatch": gettext_noop("Nothing is called that"),
    "passkeyCancelled": gettext_noop(
        "The key was not used in time, or you cancelled. Nothing was changed. Try again."
    ),
    "passkeyFailed": gettext_noop(
        "This browser could not use the key. Nothing was changed. Try another way to log in."
    ),
    "noParse": gettext_noop("Does not parse, line {line}: {message}"),
    "formatter": gettext_noop("The formatter would change it"),
    "introduced": gettext_noop("Introduced, line {line}: {message} ({tool} {rule})"),
    "nothingNew": gettext_noop("Nothing new found"),
    "notCompared": gettext_noop("The suggestion did not come. Choose it again."),
    "tooEarly": gettext_noop(
        "A key came before the page was ready, and nothing was done. Press it again."
    ),
    "undo": gettext_noop("Undo"),
    "notSent": gettext_noop("{label}, not sent yet"),
    "holdEnds": gettext_noop("Your hold on this item ends in two minutes. Any key renews it."),
    "typedKept": gettext_noop("What you typed is kept. Decide to see what you can do."),
    "said_accept": gettext_noop("Accepted"),
    "said_fix": gettext_noop("Fixed and accepted"),
    "said_reject": gettext_noop("Rejected"),
    "said_unsure": gettext_noop("Not sure about"),
    "said_escalate": gettext_noop("Escalated"),
    "said_skip": gettext_noop("Skipped"),
    "as": gettext_noop("as {category}"),
    "decisionKept": gettext_noop(
        "Your decision is kept in this browser and is sent as soon as the server answers."
        " Then the next item comes by itself; there is nothing you need to do."
    ),
    "noAnswer": gettext_noop(
        "The server did not answer. What you typed is kept here. Try again in a moment."
    ),
    "notAllowed": gettext_noop("Your roles do not allow this. Nothing was changed."),
    "gone": gettext_noop("This is gone, or you are no longer in the project. Reload the page."),
    "tooOften": gettext_noop(
        "That was too often. Nothing was changed. Wait a minute and try again."
    ),
    "loggedOut": gettext_noop(
        "You are logged out. What you typed is kept here. Log in in another tab, then try again."
    ),
    "serverFailed": gettext_noop(
        "The server failed ({status}). What you typed is kept here. Try again."
    ),
    "refusedRoles": gettext_noop(
        "The server refused it: your roles may have changed, or you logged in anew."
        " Nothing was decided."
    ),
    "refusedGone": gettext_noop(
        "The item is gone, or you are no longer in the project. Nothing was decided."
    ),
    "nothingDecided": gettext_noop("Nothing was decided."),
}
