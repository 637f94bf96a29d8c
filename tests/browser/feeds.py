"""Feeds before validators of other people: `make feeds`. Atom by Ruby's `rss`, JSON Feed by PyPI's `jsonfeedvalidator`.

`python -m tests.browser.feeds PYTHON`: the Python that has jsonfeedvalidator, which knows JSON Feed 1. Version 1.1 is that
with `authors` in the place of `author` and `language` beside (jsonfeed.org/version/1.1), so these are put back for it.
"""

import json
import subprocess
import sys
import tempfile
import urllib.parse
import urllib.request
from pathlib import Path
from typing import Any

from bot.locales import LANGUAGES
from tests.browser.scene import fill, served
from tests.ruby import NO_RUBY, RUBY, judged

FILTERS = ("", "resolution votes:20", "저자:Family1, top:3", "nothing-that-there-is")
_PROGRAM = (
    "import json, sys, jsonfeedvalidator; "
    "print(*[error.message for error in jsonfeedvalidator.validate_feed(json.load(sys.stdin))][:3], sep='\\n')"
)


def as_version_1(feed: dict[str, Any]) -> dict[str, Any]:
    """The feed as version 1 of the format writes it."""

    def put_back(part: dict[str, Any]) -> dict[str, Any]:
        kept = {name: value for name, value in part.items() if name not in {"authors", "language"}}
        return kept | ({"author": part["authors"][0]} if part.get("authors") else {})

    return put_back(feed) | {"version": "https://jsonfeed.org/version/1", "items": [put_back(one) for one in feed["items"]]}


def main() -> int:
    if RUBY is None:
        print(NO_RUBY, file=sys.stderr)
        return 2
    faults = 0
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        fill(folder / "daily-papers.db")
        with served(folder, WEB_URL="https://papers.example.org", WEBSUB_HUB="https://hub.example.org/") as url:
            for language in LANGUAGES:
                for words in FILTERS:
                    front = f"{url}/" if language == "ko" else f"{url}/{language}/"
                    query = f"?{urllib.parse.urlencode({'filter': words})}" if words else ""
                    atom, feed = (opener.open(f"{front}{form}{query}").read() for form in ("feed.atom", "feed.json"))
                    (folder / "feed.atom").write_bytes(atom)
                    kind, said = judged(folder / "feed.atom")
                    checked = subprocess.run(
                        [sys.argv[1], "-c", _PROGRAM],
                        input=json.dumps(as_version_1(json.loads(feed))),
                        check=True,
                        capture_output=True,
                        text=True,
                    ).stdout.strip()
                    is_valid = kind == "RSS::Atom::Feed" and not checked
                    faults += not is_valid
                    print(
                        f"{language} {words or 'all papers'}: {f'valid, {said} entries' if is_valid else (kind, said, checked)}"
                    )
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
