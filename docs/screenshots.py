"""Takes docs/pictures/web.png with the machine's own Chromium, the sample day on a phone, by day and by night, and a paper;
and draws docs/pictures/card.jpg, the card above its digest.

`make screenshots`. Wants fonts for Korean and for emoji: apt-get install chromium fonts-noto-cjk fonts-noto-color-emoji.
"""

import io
import sys
import tempfile
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont
from playwright.sync_api import Route, sync_playwright

from bot.pictures.day_card import day_card
from bot.pictures.drawing import draw
from bot.sample import sample_day
from tests.browser.scene import fill, served
from tests.chromium import CHROMIUM, NO_CHROMIUM

TARGET = Path(__file__).parent / "pictures" / "web.png"
WIDTH, HEIGHT, SCALE, GAP = 390, 820, 2, 24
SHOWN = (("/2024-03-28", "light"), ("/2024-03-28", "dark"), ("/en/paper/2403.18361", "light"))
_TITLES = {paper.id: paper.title for paper in sample_day()[1]}


def stand_in(url: str) -> bytes:
    """In the place of a paper's picture, which is not asked for: its title."""
    image = Image.new("RGB", (1200, 648), "#f3efe8")
    pen = ImageDraw.Draw(image)
    title = _TITLES.get(url.rpartition("/")[2].removesuffix(".png"), "")
    words, lines = title.split(), [""]
    font = ImageFont.load_default(64)
    for word in words:
        if pen.textlength(f"{lines[-1]} {word}", font) > 1040:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    pen.multiline_text((80, 324), "\n".join(lines), "#6b5a48", font, anchor="lm", spacing=18)
    written = io.BytesIO()
    image.save(written, "PNG")
    return written.getvalue()


def _picture(route: Route) -> None:
    route.fulfill(body=stand_in(route.request.url), content_type="image/png")


def main() -> int:
    if CHROMIUM is None:
        print(NO_CHROMIUM, file=sys.stderr)  # noqa: T201 - a command of the repository, not of the program
        return 2
    sheet = Image.new("RGBA", (len(SHOWN) * (WIDTH + GAP) * SCALE - GAP * SCALE, HEIGHT * SCALE), (0, 0, 0, 0))
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        folder = Path(name)
        fill(folder / "daily-papers.db")
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-dev-shm-usage"])
        with served(folder) as url:
            for number, (path, scheme) in enumerate(SHOWN):
                context = browser.new_context(
                    viewport={"width": WIDTH, "height": HEIGHT},
                    device_scale_factor=SCALE,
                    color_scheme="dark" if scheme == "dark" else "light",
                )
                context.route("https://**/*", _picture)
                page = context.new_page()
                page.goto(f"{url}{path}", wait_until="networkidle")
                with Image.open(io.BytesIO(page.screenshot())) as shot:
                    sheet.paste(shot, (number * (WIDTH + GAP) * SCALE, 0))
                context.close()
        browser.close()
    TARGET.parent.mkdir(exist_ok=True)
    # In letters alone, as without a network: the papers' own pictures are not asked for.
    TARGET.with_name("card.jpg").write_bytes(draw(day_card(*sample_day(), "ko"), {}))
    # A palette is a third of the size, and no eye sees it on pages of six colours.
    sheet.quantize(160, Image.Quantize.FASTOCTREE).save(TARGET, optimize=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
