"""Where this machine's Chromium is, when it has one. Nothing is downloaded: Debian's package is enough."""

import shutil

import pytest

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
NO_CHROMIUM = "no Chromium on this machine (apt-get install chromium)"

needs_chromium = pytest.mark.skipif(CHROMIUM is None, reason=NO_CHROMIUM)
