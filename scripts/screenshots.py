"""Take the pictures in docs/pictures from a running demo: `make demo`, then run this."""

import argparse
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from os import geteuid
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from config.demo import content  # noqa: E402 - the demo's people, found from wherever this runs

PROJECT = "/p/ledger-platform"
DESK = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}
LARGEST = 300_000  # bytes; the pictures live in the repository


@dataclass(frozen=True)
class Picture:
    """One page as one person sees it; `then` goes on from `path`, `after` puts things back."""

    name: str
    username: str
    path: str
    then: Callable[[Page], None] | None = None
    after: Callable[[Page], None] | None = None
    phone: bool = False


def rich_item(page: Page) -> None:
    """Claim the item whose correction fixes some findings and introduces another."""
    page.locator("main a", has_text="payouts/client.py").first.click()
    page.get_by_role("button", name="Review this item").click()
    page.get_by_role("button", name="Release").wait_for()


def release(page: Page) -> None:
    """Give the item back."""
    page.get_by_role("button", name="Release").click()
    page.wait_for_load_state("networkidle")


def newest_dataset(page: Page) -> None:
    """Open the newest dataset version."""
    page.locator("main a[href$='/datasets/2/']").first.click()


def waiting_promotion(page: Page) -> None:
    """Open the promotion that waits for one more sign-off."""
    page.locator("main a[href*='/promotions/']").filter(visible=True).first.click()


PICTURES = (
    Picture("overview", "maren", f"{PROJECT}/?period=12w"),
    Picture("queue", "wren", f"{PROJECT}/review/"),
    Picture("review", "wren", f"{PROJECT}/review/", rich_item, release),
    Picture("review-phone", "wren", f"{PROJECT}/review/", rich_item, release, phone=True),
    Picture("dataset", "maren", f"{PROJECT}/datasets/", newest_dataset),
    Picture("promotion", "tamsin", f"{PROJECT}/models/", waiting_promotion),
)


def main() -> int:
    """Take every picture in both themes; 1 if one is too large to keep."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url", default="http://127.0.0.1:8000", help="of the running demo")
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "pictures")
    parser.add_argument("--only", default="", help="the start of a picture's name")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium") or shutil.which("google-chrome"),
            args=["--no-sandbox"] if geteuid() == 0 else [],
        )
        wanted = [picture for picture in PICTURES if picture.name.startswith(options.only)]
        paths = [path for each in wanted for path in take(browser, each, options.url, options.out)]
    large = [path for path in paths if path.stat().st_size > LARGEST]
    for path in paths:
        sys.stdout.write(f"{path.stat().st_size:>8,} {path.name}\n")
    return 1 if large else 0


def take(browser: Browser, picture: Picture, url: str, out: Path) -> list[Path]:
    """One picture in light and dark; where the files are."""
    context = browser.new_context(
        base_url=url,
        viewport=PHONE if picture.phone else DESK,
        is_mobile=picture.phone,
        has_touch=picture.phone,
        device_scale_factor=2 if picture.phone else 1,
        reduced_motion="reduce",
    )
    page = context.new_page()
    log_in(page, picture.username)
    page.goto(picture.path)
    if picture.then:
        picture.then(page)
    page.wait_for_load_state("networkidle")
    paths = []
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme)
        paths.append(out / f"{picture.name}-{theme}.png")
        page.screenshot(path=paths[-1])
    if picture.after:
        picture.after(page)
    context.close()
    return paths


def log_in(page: Page, username: str) -> None:
    """Log in as a demo account."""
    page.goto("/accounts/login/")
    page.locator("input[name=login]").fill(username)
    page.locator("input[name=password]").fill(content.read().password)
    page.locator("input[name=password]").press("Enter")
    page.wait_for_url(lambda address: "/accounts/login" not in address)


if __name__ == "__main__":
    sys.exit(main())
