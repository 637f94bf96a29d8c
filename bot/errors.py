"""The one tree of errors. Each message is a sentence for a person: what was wrong, with which value, and what to do."""


class DailyPapersError(Exception):
    """Base of every error that the program raises on purpose; the command line prints it and exits with `exit_status`."""

    exit_status = 1


class SettingsError(DailyPapersError):
    """A setting of the environment or `.env` cannot be used."""

    exit_status = 2


class UsageError(DailyPapersError):
    """Something typed on the command line cannot be used (a date, a path, a format)."""

    exit_status = 2


class StoreError(DailyPapersError):
    """The database file cannot be used as it is; it was left as it was."""

    exit_status = 3


class StoreIsNewer(StoreError):
    """The file was written by a later version of this program."""


class StoreIsForeign(StoreError):
    """The file is a database of another program."""


class StoreIsCorrupt(StoreError):
    """The file is no SQLite database, or a damaged one."""


class StoreUnwritable(StoreError):
    """The file or its folder cannot be written."""


class StoreIsFull(StoreError):
    """The disk has no room left for the file."""


class StoreIsBusy(StoreError):
    """Another process held the file for longer than the busy timeout."""


class StoreInUse(StoreError):
    """A bot is running over the file, or another program has it open, and what was asked needs it alone."""


class BackupFailed(StoreError):
    """A backup could not be made, or cannot be used; the store itself is as it was."""


class SourceError(DailyPapersError):
    """A source of papers (the Hub, arXiv, a file) did not give what was asked."""

    exit_status = 4


class SourceUnavailable(SourceError):
    """The source could not be reached, or kept failing, after every retry: nothing is known, least of all "no papers"."""


class SourceRefused(SourceError):
    """The source answered that the question itself is wrong (status 400), such as a date that it does not have yet."""


class PaperNotFound(SourceError):
    """The source answered that it does not know the paper."""


class UnreadableAnswer(SourceError):
    """The source answered with something that is not in its documented form."""


class ModelUnusable(SourceError):
    """A language model's server answers no request as things stand: a wrong key, address or model's name."""


class BudgetSpent(SourceError):
    """The day's budget for language models does not allow another request."""


class WebPortUnusable(SettingsError):
    """The address that WEB_HOST and WEB_PORT name cannot be listened on."""


class AdapterError(DailyPapersError):
    """A chat platform cannot be served."""

    exit_status = 5


class InvalidToken(AdapterError):
    """The platform does not accept the token."""


class AnotherListener(AdapterError):
    """Another process listens with the same token (Telegram answers 409 to one of them)."""
