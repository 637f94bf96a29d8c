"""MkDocs hooks: fill in the generated lists, find the decisions, and let no page load anything from another host."""

import re
import sys
from pathlib import Path
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.structure.pages import Page

# docs is no package.
sys.path.insert(0, str(Path(__file__).resolve().parent))

from reference import filled

# What a browser fetches by itself, in pages and styles; a link that somebody follows is no such thing.
_FETCHED = re.compile(
    r"""<(?:script|img|iframe|source|video|audio)\b[^>]*?\bsrc=["']?(?:https?:)?//[^"'\s>]+"""
    r"""|<link\b[^>]*\brel=["']?(?:stylesheet|preload|preconnect|icon|modulepreload)[^>]*\bhref=["']?(?:https?:)?//[^"'\s>]+"""
    r"""|url\(["']?(?:https?:)?//[^)]+\)|@import\s+["'](?:https?:)?//"""
)


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Decisions stand in the navigation in the order of their numbers."""
    folder = Path(config.docs_dir) / "decisions"
    decisions = [f"decisions/{file.name}" for file in sorted(folder.glob("*.md"))]
    assert isinstance(config.nav, list)  # as mkdocs.yml writes it
    config.nav.append({"Decisions": decisions})
    return config


def on_page_markdown(markdown: str, page: Page, **_: Any) -> str:
    """Fill in the generated lists. Raises PluginError for a mark that names no list."""
    try:
        return filled(markdown)
    except KeyError as error:
        raise PluginError(f"{page.file.src_uri} asks for a list that there is not: {error}") from error


def on_post_build(config: MkDocsConfig) -> None:
    """Raises PluginError when a page or a style fetches something from another host."""
    site = Path(config.site_dir)
    for file in sorted((*site.rglob("*.html"), *site.rglob("*.css"))):
        if found := _FETCHED.search(file.read_text(encoding="utf-8")):
            raise PluginError(f"{file.relative_to(site)} would ask another host: {found[0]}")
