"""What the documents say about the code, compared with the code."""

import re
import tomllib

import pytest

from governance.access import ABILITIES
from governance.models import Role
from tests.house import APPS, ROOT

DOCS = ROOT / "docs"
PAGES = sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md")])
ARCHITECTURE = (DOCS / "architecture.md").read_text()


def table(heading):
    """The rows of the first table under a heading."""
    section = ARCHITECTURE.split(f"## {heading}\n")[1].split("\n## ")[0]
    rows = [line.strip("|").split("|") for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in row] for row in rows[2:]]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_to_a_file_leads_somewhere(page):
    links = re.findall(r"\]\((?!https?:|#|mailto:)([^)#\s]+)[^)]*\)", page.read_text())
    assert [link for link in links if not (page.parent / link).exists()] == []


def test_the_index_names_every_document():
    listed = set(re.findall(r"\]\(([^)#]+\.md)\)", (DOCS / "index.md").read_text()))
    there = {str(page.relative_to(DOCS)) for page in DOCS.rglob("*.md")} - {"index.md"}
    assert there - listed == set()


def test_the_layers_are_those_that_the_linter_checks():
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    layers = contracts["contracts"][0]["layers"]
    assert "  ->  ".join(layers) in ARCHITECTURE


def test_the_house_names_every_package():
    named = {place for row in table("The house") for place in re.findall(r"`(\w+)/`", row[0])}
    assert named == {"config", "lib", "templates", "static", "tests", *APPS}


def test_the_roles_are_those_of_the_code():
    named = [row[0] for row in table("Roles")]
    assert named == [*(Role(role).label.lower() for role in ABILITIES), "site admin"]


def test_modules_named_in_the_architecture_exist():
    packages = "|".join(["lib", "config", *APPS])
    named = re.findall(rf"`((?:{packages})\.[a-z_]+)", ARCHITECTURE)
    assert named
    assert [each for each in named if not (ROOT / f"{each.replace('.', '/')}.py").exists()] == []


@pytest.mark.shared
def test_the_glossary_means_what_the_design_means(shared):
    design = (shared / "design.md").read_text().split("## The words\n")[1].split("\n## ")[0]
    words = re.findall(r"^\| ([a-z -]+) \|", design, re.M)
    ours = {row[0] for row in table("The words")}
    not_built = {"word", "cluster", "rollout"}
    assert set(words) - not_built <= ours
