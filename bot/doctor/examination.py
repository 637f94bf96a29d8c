"""Runs all checks in order, giving findings as they come. A check that an earlier failure makes impossible is left out."""

import datetime as dt
import sqlite3
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import httpx

from bot.clock import Clock
from bot.doctor import configured, file, machine, servers, work
from bot.doctor.finding import Finding, State, failure
from bot.errors import AdapterError, SettingsError, StoreError
from bot.model import TERMINAL
from bot.pictures.fonts import faces
from bot.plugins import load_adapters
from bot.ports import ChatAdapter
from bot.settings import Settings, load_settings
from bot.sources.http import make_client

_MEGABYTE = 1_000_000


async def examine(folder: Path) -> AsyncIterator[Finding]:
    """Every finding for an installation whose `.env` is in `folder`. Nothing is changed, and nobody is disturbed."""
    yield machine.python(sys.version_info[:3])
    yield machine.sqlite(sqlite3.sqlite_version_info)
    for found in (configured.misspelt(folder), configured.readable(folder)):
        if found is not None:
            yield found
    try:
        settings = load_settings(folder)
    except SettingsError as error:
        yield failure("settings", str(error), "Mend them in .env or the environment; nothing starts before that.")
        return
    clock = Clock(settings.clock)
    adapters: dict[str, ChatAdapter] = {}
    try:
        adapters = load_adapters(settings, None, clock.now, ())
        adapters.pop(TERMINAL, None)
        yield configured.settings(settings, adapters)
    except (AdapterError, SettingsError) as error:
        yield failure("settings", str(error), "Mend the setting, or install the package again.")
    yield configured.admins(settings)
    async with make_client(timeout=httpx.Timeout(servers.SECONDS)) as client:
        async for found in _servers(client, settings, adapters):
            yield found
    yield machine.zones(machine.zone_version(), clock.now().date())
    if settings.cards:
        yield machine.fonts(settings.default_language, native=faces(settings.default_language).native)
    yield machine.disk(settings.database, settings.least_free_mb * _MEGABYTE)
    for found in _store(settings, clock.now()):
        yield found


async def _servers(
    client: httpx.AsyncClient, settings: Settings, adapters: dict[str, ChatAdapter]
) -> AsyncIterator[Finding]:
    for name, adapter in sorted(adapters.items()):
        yield await servers.platform(name, adapter)
    token = settings.hf_token.get_secret_value() if settings.hf_token else ""
    hub = await servers.ask(client, f"{settings.hf_api_url}/api/daily_papers?limit=1", _bearer(token))
    yield servers.hub(hub, settings)
    arxiv = await servers.ask(client, f"{settings.arxiv_api_url}/api/query?id_list=2403.18361&max_results=1")
    yield servers.arxiv(arxiv, settings)
    if settings.llm_api_url:
        key = settings.llm_api_key.get_secret_value() if settings.llm_api_key else ""
        listed, chat = await servers.ask(client, servers.models_url(settings), _bearer(key)), None
        if servers.lists_no_models(listed):
            chat = await servers.ask(client, servers.chat_url(settings), _bearer(key), posting={})
        yield servers.model(listed, settings, chat)
    said = [("Hugging Face", hub.ahead), ("arXiv", arxiv.ahead)]
    server, ahead = next(((name, one) for name, one in said if one is not None), ("", None))
    yield machine.clock(ahead, server, invented=settings.clock)


def _store(settings: Settings, now: dt.datetime) -> list[Finding]:
    database = settings.database
    missing = file.place(database)
    if missing is not None:
        return [missing]
    identity = file.identity(database)
    if identity.state is not State.OK:
        damaged = file.integrity(database) if identity.state is State.WARNING else []
        return [identity, *damaged]
    found = [identity, *file.integrity(database)]
    if any(one.state is State.FAILURE for one in found):
        return found
    try:
        found += [file.search(database), *filter(None, [file.due(database)])]
        with file.reading(database) as connection:
            found += [work.days(connection, settings, now), *work.sending(connection, now)]
            found += [one for one in (work.alarms(connection),) if one is not None]
            found.append(work.backups(connection, settings.backup_folder, now))
    except sqlite3.DatabaseError as error:
        found.append(file.unreadable("store", database, error))
    except (StoreError, OSError) as error:
        found.append(failure("store", f"{database} cannot be read ({error}).", "Try again; if it stays, restore a backup."))
    return found


def _bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"} if token else {}
