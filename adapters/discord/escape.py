"""Escapes strangers' text for Discord's Markdown. Pure; which part of a message needs which form is decided in `render`."""

import re

# Control characters, lone surrogates (no valid JSON text holds them), and the marks that reorder what follows them.
_UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
# Discord's clients take any of these with a backslash before it as itself:
# support.discord.com/hc/en-us/articles/210298617 (Markdown Text 101), discord.utils.escape_markdown.
_MARKS = re.compile(r"[\\*_~`|<>\[\]]")
_TITLE_MARKS = re.compile(r"[\\*_~`|<]")
# What opens a header, a list, a smaller text (`-#`) or a numbered list when a line begins with it.
_LINE_START = re.compile(r"^(?P<mark>[#+-])|^(?P<number>\d+)(?=[.)](?:\s|$))")
# `:smile:` turns into a picture in clients.
_EMOJI = re.compile(r":(?=\w+:)")
# As discord.utils.escape_mentions does; mentions by id are written with `<`, which is escaped already.
_EVERYONE = re.compile(r"@(?=everyone|here)")
# Three of them would end a block of code.
_FENCE, _SPREAD = re.compile("```"), "`\u200b`\u200b`"
# An address stays clickable only when nothing in it is escaped; the characters left out could end it or start a format.
_ADDRESS = re.compile(r"https?://[\w.~:/?#@!$&',;=%+-]*[\w/]")


def clean(text: str) -> str:
    """`text` on one line, single-spaced, without characters that cannot be seen. For places without Markdown."""
    return " ".join(_UNSEEN.sub("", text).split())


def markdown(text: str) -> str:
    """One line of text for a description or a content: shown as it is, bare addresses still clickable."""
    line = clean(text)
    done, at = [], 0
    for address in _ADDRESS.finditer(line):
        # With the colon of the address, one before it would be a picture's name: `:https:`.
        before = re.sub(r":$", r"\\:", _escaped(line[at : address.start()]))
        done += [before, _EVERYONE.sub("@\u200b", address[0])]
        at = address.end()
    done.append(_escaped(line[at:]))
    return _LINE_START.sub(_protected, "".join(done))


def lines(text: str) -> str:
    """Text of several lines, each as `markdown` gives it."""
    return "\n".join(markdown(line) for line in text.splitlines())


def code(text: str) -> str:
    """Lines as a block of code, in which nothing is Markdown but its end; "" for none."""
    written = "\n".join(_UNSEEN.sub("", line).rstrip() for line in text.splitlines()).strip("\n")
    return f"```\n{_FENCE.sub(_SPREAD, written)}\n```" if written.strip() else ""


def link(title: str, url: str) -> str:
    """A masked link; `title` holds no second one, `url` cannot end the first one early."""
    return f"[{_escaped(clean(title))}]({address(url)})"


def address(url: str) -> str:
    """`url` without characters that end a masked link or an angle-bracketed address."""
    return re.sub(r"[\s()<>\[\]\\]", lambda found: f"%{ord(found[0]):02X}", _UNSEEN.sub("", url))


def embed_title(text: str) -> str:
    """For an embed's title, where clients show emphasis, code, spoilers and emoji, but neither links nor lists."""
    return _EVERYONE.sub("@\u200b", _EMOJI.sub(r"\\:", _TITLE_MARKS.sub(r"\\\g<0>", clean(text))))


def _escaped(text: str) -> str:
    text = _MARKS.sub(r"\\\g<0>", text)
    return _EVERYONE.sub("@\u200b", _EMOJI.sub(r"\\:", text))


def _protected(found: re.Match[str]) -> str:
    return f"\\{found['mark']}" if found["mark"] else f"{found['number']}\\"
