"""The commands for platforms' menus and forms: what each does, and its arguments, in every interface language."""

from collections.abc import Callable

from bot.commands.command_names import names_of
from bot.commands.completions import SUGGESTED
from bot.commands.exporting import FORMATS
from bot.locales import LANGUAGES, translator
from bot.ports import ArgumentSpec, CommandSpec

Translate = Callable[[str], str]


def command_specs() -> tuple[CommandSpec, ...]:
    """The commands for platforms' menus and forms, described in every interface language."""
    return tuple(
        CommandSpec(name=name, description=in_all(describe), names=names_of(name), arguments=_arguments(name))
        for name, describe in DESCRIPTIONS.items()
    )


# What the words after a command are, as /help writes them.
USAGE: dict[str, Callable[[Translate], str]] = {
    "day": lambda _: "2024-03-28",
    "top": lambda _: "week",
    "paper": lambda _: "2403.18361",
    "search": lambda gettext: gettext("diffusion") + " -video since:2024-05",
    "similar": lambda _: "2403.18361",
    "author": lambda _: "Kaiming He",
    "trends": lambda gettext: gettext("robots, diffusion"),
    "subscribe": lambda gettext: gettext("09:00 Seoul"),
    "settings": lambda _: "time 08:00",
    "filter": lambda gettext: gettext("robots -video votes:>5"),
    "pause": lambda gettext: gettext("2 weeks"),
    "save": lambda _: "2403.18361",
    "unsave": lambda _: "2403.18361",
    "cite": lambda _: "2403.18361",
}

# Each a function of the translation, so that its sentence stands where catalogues are gathered from.
DESCRIPTIONS: dict[str, Callable[[Translate], str]] = {
    "today": lambda gettext: gettext("The newest list of papers"),
    "yesterday": lambda gettext: gettext("The list before the newest"),
    "day": lambda gettext: gettext("The papers of a day: 2024-03-28, yesterday, last friday"),
    "top": lambda gettext: gettext("The best by votes: week, month, 2024-03"),
    "paper": lambda gettext: gettext("One paper by its arXiv id or address"),
    "search": lambda gettext: gettext("Papers that hold some words"),
    "similar": lambda gettext: gettext("Papers like one"),
    "author": lambda gettext: gettext("The papers of an author"),
    "trending": lambda gettext: gettext("Terms that are on the rise"),
    "trends": lambda gettext: gettext("How often topics stood in the lists, as a picture"),
    "random": lambda gettext: gettext("One good paper by chance"),
    "subscribe": lambda gettext: gettext("Get each day's papers here, at an hour of your choice"),
    "unsubscribe": lambda gettext: gettext("Send nothing here any more"),
    "settings": lambda gettext: gettext("Time, zone, weekdays, language, form, number and votes"),
    "filter": lambda gettext: gettext("Only papers with some words, authors or labs, or without"),
    "preview": lambda gettext: gettext("The next digest as it stands now"),
    "pause": lambda gettext: gettext("Send nothing until a day"),
    "resume": lambda gettext: gettext("End the pause"),
    "save": lambda gettext: gettext("Put a paper on a list of your own"),
    "unsave": lambda gettext: gettext("Take a paper off that list"),
    "saved": lambda gettext: gettext("Your saved papers, also as BibTeX, CSL-JSON or RIS"),
    "cite": lambda gettext: gettext("One paper as BibTeX"),
    "history": lambda gettext: gettext("What this chat was sent"),
    "privacy": lambda gettext: gettext("What I keep, and why"),
    "forget": lambda gettext: gettext("Delete what I keep of you or this chat"),
    "help": lambda gettext: gettext("What I can do"),
    "start": lambda gettext: gettext("Begin"),
}


def _arguments(name: str) -> tuple[ArgumentSpec, ...]:
    if name == "day":
        return (_argument("date", lambda gettext: gettext("A day: 2024-03-28, yesterday, last friday"), required=True),)
    if name == "top":
        return (_argument("span", lambda gettext: gettext("week, month, or a month such as 2024-03")),)
    if name in {"paper", "similar", "save", "unsave"}:
        return (_argument("id", lambda gettext: gettext("An arXiv id or the address of a paper"), required=True),)
    if name == "saved":
        return (_argument("format", lambda gettext: gettext("As a file: bibtex, csl, ris"), choices=_FORMATS),)
    if name == "cite":
        return (
            _argument("id", lambda gettext: gettext("An arXiv id or the address of a paper"), required=True),
            _argument("format", lambda gettext: gettext("How it is written; BibTeX without one"), choices=_FORMATS),
        )
    if name == "author":
        return (_argument("author", lambda gettext: gettext("A name, in any order"), required=True),)
    if name == "trends":
        return (_argument("words", lambda gettext: gettext("Topics, with commas between; without any, those that rose")),)
    if name == "search":
        return (
            _argument("words", lambda gettext: gettext("Words of titles, authors, abstracts, summaries"), required=True),
        )
    if name == "subscribe":
        return (
            _argument("time", lambda gettext: gettext("An hour of the day: 09:00, 9 PM")),
            _argument("zone", lambda gettext: gettext("A city or an offset: Seoul, New York, UTC+9")),
            _elsewhere(),
        )
    if name == "help":
        return (_argument("command", lambda gettext: gettext("A command to be told more of")),)
    if name == "unsubscribe":
        return (_elsewhere(),)
    if name == "filter":
        words = _argument("words", lambda gettext: gettext("Words, -words, author:, org:, votes:>5, top:10; or off"))
        return (words, _elsewhere())
    if name == "pause":
        return (_argument("until", lambda gettext: gettext("A day or a length: 2024-12-31, next monday, 2 weeks")),)
    if name == "settings":
        choices = {setting: in_all(label) for setting, label in _SETTING_LABELS.items()}
        return (
            _argument("name", lambda gettext: gettext("Which setting"), choices=choices),
            _argument("value", lambda gettext: gettext("Its new value; without one it is shown")),
            _elsewhere(),
        )
    return ()


def _elsewhere() -> ArgumentSpec:
    """Another chat, of which its admin speaks in private."""
    return _argument("chat", lambda gettext: gettext("In private: a channel that you manage, by its number or mention"))


_FORMATS = {name: dict.fromkeys(LANGUAGES, form.label) for name, form in FORMATS.items()}

_SETTING_LABELS: dict[str, Callable[[Translate], str]] = {
    "time": lambda gettext: gettext("Time"),
    "zone": lambda gettext: gettext("Time zone"),
    "weekdays": lambda gettext: gettext("Weekdays"),
    "language": lambda gettext: gettext("Language"),
    "shape": lambda gettext: gettext("Form"),
    "top": lambda gettext: gettext("Papers a day"),
    "votes": lambda gettext: gettext("Least votes"),
}


def _argument(
    name: str,
    describe: Callable[[Translate], str],
    *,
    required: bool = False,
    choices: dict[str, dict[str, str]] | None = None,
) -> ArgumentSpec:
    return ArgumentSpec(
        name=name,
        description=in_all(describe),
        required=required,
        suggests=choices is None and name in SUGGESTED,
        choices=choices or {},
    )


def in_all(describe: Callable[[Translate], str]) -> dict[str, str]:
    """A text of the menu by interface language."""
    return {language: describe(translator(language).gettext) for language in LANGUAGES}
