"""Which ruff rules we listen to, and which kind of fault each family is about."""

from curation.categories import LOGIC, OTHER, PERFORMANCE, SECURITY, STYLE, TOP

# By rule prefix; the longest that fits wins. The families follow what their own documentation
# says they are for; rules about a project's setup (imports sorted, copyright, file layout)
# are left out, since a snippet has none.
FAMILIES: dict[str, str] = {
    "S": SECURITY,
    "PERF": PERFORMANCE,
    "C4": STYLE,
    "C90": STYLE,
    "ASYNC": LOGIC,
    "SLOT": PERFORMANCE,
    "FURB": STYLE,
    "F": LOGIC,
    "F401": STYLE,
    "F541": STYLE,
    "B": LOGIC,
    "BLE": LOGIC,
    "DTZ": LOGIC,
    "LOG": LOGIC,
    "PLE": LOGIC,
    "PLW": LOGIC,
    "PLR": STYLE,
    "PLC": STYLE,
    "RUF": STYLE,
    "E7": STYLE,
    "E9": LOGIC,
    "W6": LOGIC,
    "UP": STYLE,
    "SIM": STYLE,
    "RET": STYLE,
    "PIE": STYLE,
    "N": STYLE,
    "A": STYLE,
    "PTH": STYLE,
    "PT": STYLE,
    "PYI": STYLE,
    "TRY": STYLE,
    "ARG": STYLE,
    "RSE": STYLE,
    "T20": STYLE,
    "PD": OTHER,
    "NPY": OTHER,
    "DJ": OTHER,
    "AIR": OTHER,
}
# S101 asserts: nearly every hit is a test. F401, F704, F706: a bare snippet imports more than it
# shows and returns outside functions. B018: it ends in the expression it is about. PLR09 and
# PLR2004 count against limits nobody set here. Blanks and line lengths (E1 to E5, W1 to W5) are
# not asked for at all: where they are the whole change, `curation.rules.shape` says so, and
# elsewhere they are not the reason.
IGNORED = (
    *(
        "S101",
        "B018",
        "F401",
        "F704",
        "F706",
        "PLR09",
        "PLR2004",
        "PLR6301",
        "PLC0415",
        "TRY003",
        "RUF100",
    ),
)


def category_of(tool: str, rule: str) -> str:
    """The category a finding speaks for."""
    if tool == "bandit":
        return SECURITY
    ours, is_ours, _ = rule.partition("/")  # our own say it themselves: security/weak-hash
    if is_ours:
        return ours if ours in TOP else OTHER
    fitting = [prefix for prefix in FAMILIES if rule.startswith(prefix)]
    return FAMILIES[max(fitting, key=len)] if fitting else OTHER
