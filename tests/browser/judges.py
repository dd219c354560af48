"""What makes a page one for everybody, asked of the page as the browser has laid it out.

axe-core knows the rules of WCAG that a program can check. Three things are asked beside it: that
whoever listens hears a name for all that can be acted on, that whoever tabs sees where they are,
and that nothing covers it.
"""

from pathlib import Path

import axe_playwright_python

AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text()
# of 2.2 AA, and off where nobody asks for it
TARGETS = {"rules": {"target-size": {"enabled": True}}}
CONTRAST = {"runOnly": ["color-contrast"]}
ACTED_ON = {
    "button",
    "checkbox",
    "combobox",
    "DisclosureTriangle",
    "link",
    "listbox",
    "menuitem",
    "option",
    "radio",
    "searchbox",
    "slider",
    "spinbutton",
    "switch",
    "tab",
    "textbox",
}
# Gives the focus to one thing after another, as Tab does, and looks at each.
TABBED = """() => {
  const LOOK = ["outlineStyle", "boxShadow", "borderColor", "backgroundColor", "top"];
  const around = (each) => [each, each.parentElement, ...(each.labels ?? [])].filter(Boolean);
  const look = (each) => around(each).map((one) => {
    const style = getComputedStyle(one);
    return LOOK.map((name) => style[name]).join();
  }).join("|");
  const shown = (each) => around(each).find((one) => {
    const box = one.getBoundingClientRect();
    return box.width > 2 && box.height > 2;
  }) ?? each;
  const seen = (each) => {
    const box = shown(each).getBoundingClientRect();
    return [.1, .5, .9].some((x) => [.1, .5, .9].some((y) => {
      const top = document.elementFromPoint(box.x + box.width * x, box.y + box.height * y);
      return top && around(each).some((one) => one.contains(top));
    }));
  };
  const told = (each) => each.outerHTML.slice(0, 160);
  const found = [];
  const KINDS = "a[href], button, input, select, textarea, summary, [tabindex]";
  for (const each of document.querySelectorAll(KINDS)) {
    if (each.tabIndex < 0 || each.disabled) continue;
    if (!each.checkVisibility({ visibilityProperty: true })) continue;
    document.activeElement?.blur();
    const before = look(each);
    each.focus({ focusVisible: true });
    if (document.activeElement !== each) continue;
    if (look(each) === before) found.push(`no focus to be seen: ${told(each)}`);
    if (!seen(each)) found.push(`covered when it has the focus: ${told(each)}`);
  }
  document.activeElement?.blur();
  scrollTo(0, 0);
  return found;
}"""
# What is closed: a dialog by its name, a menu or a fold by its kind and the first word on it.
CLOSED = r"""() => [...document.querySelectorAll("details:not([open]), [popover]")].filter(
  (each) => each.matches("[popover]") || each.checkVisibility(),
).map((each, at) => {
  each.dataset.judged = at;
  const says = each.querySelector("summary")?.innerText.trim() ?? "";
  return [at, each.id || `${each.className} ${says.split(/\s/)[0]}`];
})"""
OPEN = "(each) => each.matches('[popover]') ? each.showPopover() : (each.open = true)"
CLOSE = "(each) => each.matches('[popover]') ? each.hidePopover() : (each.open = false)"


def violations(page, options=None, part=None):
    """What axe finds, of any impact, in the page or in the part that a selector names."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE)
    asked = {"resultTypes": ["violations"]} | (options or TARGETS)
    results = page.evaluate("([part, asked]) => axe.run(part ?? document, asked)", [part, asked])
    return [
        f"{violation['id']} ({violation['help']}): {node['html'][:160]}"
        for violation in results["violations"]
        for node in violation["nodes"][:3]
    ]


def too_wide(page):
    """A page that has to be scrolled sideways."""
    wide = page.evaluate("document.scrollingElement.scrollWidth - innerWidth")
    return [f"{wide} px wider than the screen"] if wide > 0 else []


def nameless(page):
    """What can be acted on and has no name for whoever listens to the page."""
    session = page.context.new_cdp_session(page)
    nodes = session.send("Accessibility.getFullAXTree")["nodes"]
    session.detach()
    return [
        f"a {node['role']['value']} without a name"
        for node in nodes
        if not node["ignored"]
        and node["role"]["value"] in ACTED_ON
        and not node.get("name", {}).get("value", "").strip()
    ]


def lost_focus(page):
    """Where somebody who tabs would not see where they are."""
    return page.evaluate(TABBED)


def opened(page, known):
    """Faults of each menu, fold and dialog that is not `known` yet, opened one at a time."""
    found = []
    for at, name in page.evaluate(CLOSED):
        if name in known:
            continue
        known.add(name)
        part = f"[data-judged='{at}']"
        page.eval_on_selector(part, OPEN)
        page.emulate_media(color_scheme="light")
        faults = [*violations(page, part=part), *nameless(page)]
        page.emulate_media(color_scheme="dark")
        faults += violations(page, CONTRAST, part)
        page.emulate_media(color_scheme="light")
        page.eval_on_selector(part, CLOSE)
        found += [f"opened {' '.join(name.split())[:60]}: {fault}" for fault in faults]
    return found
