"""Finds the adapters of chat platforms by entry points, so that a third-party package can add one without a change here."""

import datetime as dt
from collections.abc import Callable, Sequence
from importlib.metadata import EntryPoint, entry_points

from bot.errors import AdapterError, DailyPapersError
from bot.ports import AdapterContext, ChatAdapter, CommandSpec
from bot.settings import Settings
from bot.store.connection import Store
from bot.store.key_values import OwnedKeyValues

GROUP = "daily_papers.adapters"


def load_adapters(
    settings: Settings,
    store: Store | None,
    now: Callable[[], dt.datetime],
    commands: Sequence[CommandSpec],
    operator_commands: Sequence[CommandSpec] = (),
) -> dict[str, ChatAdapter]:
    """Every installed adapter whose token is set, by platform; the terminal's is always among them.

    Without `store` they remember nothing, and can only open and send.

    Raises AdapterError if an adapter cannot be loaded, or if two serve the same platform.
    """
    adapters: dict[str, ChatAdapter] = {}
    for entry in entry_points(group=GROUP):
        context = AdapterContext(
            environment=settings.environment,
            commands=commands,
            operator_commands=operator_commands,
            operator_chats=settings.told_chats,
            state=None if store is None else OwnedKeyValues(store, f"adapter:{entry.name}"),
            now=now,
        )
        adapter = _create(entry, context)
        if adapter is None:
            continue
        if adapter.platform in adapters:
            raise AdapterError(
                f"Two installed packages serve '{adapter.platform}'; uninstall one ({entry.value} is one of them)."
            )
        adapters[adapter.platform] = adapter
    return adapters


def _create(entry: EntryPoint, context: AdapterContext) -> ChatAdapter | None:
    try:
        adapter: ChatAdapter | None = entry.load()(context)
    except DailyPapersError:
        raise
    except Exception as error:
        raise AdapterError(f"The adapter '{entry.name}' ({entry.value}) cannot be loaded: {error}") from error
    return adapter
