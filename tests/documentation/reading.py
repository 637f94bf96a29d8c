"""The documentation as its readers meet it: pages with their lists filled in, and the commands that they are told to type."""

import functools
import importlib.util
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).resolve().parent.parent.parent
DOCS = ROOT / "docs"
PAGES = sorted([*DOCS.rglob("*.md"), ROOT / "README.md"])

_FENCE = re.compile(r"^ *```sh\n(.*?)^ *```", re.MULTILINE | re.DOTALL)
# The program's name, or what stands for it: the shell function of docs/deploy/systemd.md, an image, a service of Compose.
_TYPED = re.compile(
    r"(?:(?<![\w./:-])(?<!-Hu )(?:daily-papers|papers)|daily-papers-bot:[\d.]+|--rm bot) ([a-z]+(?![\w./:-])[^#|&>]*)"
)


def _module(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, DOCS / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


# docs is no package: its modules are found by their files, as MkDocs finds them.
reference, hooks = _module("reference"), _module("hooks")


@functools.cache
def page(name: str) -> str:
    """A page of docs/ as it is built."""
    filled: str = reference.filled((DOCS / name).read_text(encoding="utf-8"))
    return filled


def typed(text: str) -> Iterator[list[str]]:
    """Every command of the terminal in a shell block, as `["fetch", "--since", "2024-03-01"]`."""
    for block in _FENCE.findall(text):
        for line in block.replace("\\\n", " ").splitlines():
            for words in _TYPED.findall(line):
                yield shlex.split(words)
