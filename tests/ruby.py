"""Ruby's own `rss` library as a judge of Atom: with validation on it refuses what RFC 4287 does not allow."""

import shutil
import subprocess
from pathlib import Path

import pytest

RUBY = shutil.which("ruby")
NO_RUBY = "no Ruby on this machine (apt-get install ruby)"
_PROGRAM = "require 'rss'; feed = RSS::Parser.parse(File.read(ARGV[0]), true, false); puts feed.class, feed.entries.size"

needs_ruby = pytest.mark.skipif(RUBY is None, reason=NO_RUBY)


def judged(file: Path) -> list[str]:
    """What it is and how many entries it has; the error's text when it is not valid."""
    assert RUBY is not None
    finished = subprocess.run([RUBY, "-e", _PROGRAM, str(file)], check=False, capture_output=True, text=True, timeout=60)
    return (finished.stdout if finished.returncode == 0 else finished.stderr).split("\n")[:2]
