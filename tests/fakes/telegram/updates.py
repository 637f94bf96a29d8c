"""Updates of the fake: kept until confirmed, given by long poll or posted to a webhook (core.telegram.org/bots/api#getting-updates)."""

import asyncio
import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import aiohttp

from tests.fakes.telegram.failures import Refusal, bad_request

# core.telegram.org/bots/api#getupdates: what comes when `allowed_updates` was never given.
_DEFAULT = {"message", "edited_message", "channel_post", "edited_channel_post", "my_chat_member", "callback_query"}


class Updates:
    """One bot's queue of updates."""

    def __init__(self) -> None:
        self.waiting: list[dict[str, Any]] = []
        self.allowed: set[str] = set(_DEFAULT)
        self.webhook: dict[str, Any] | None = None
        self.webhook_at = ""  # where the webhook's https address leads to on loopback, as a reverse proxy would
        self.polls = 0
        self._next_id = 700_000_001
        self._news = asyncio.Event()
        self._poll: asyncio.Future[Refusal] | None = None
        self._posting: asyncio.Task[None] | None = None

    def add(self, kind: str, body: dict[str, Any]) -> None:
        """Queue an update, unless the bot asked not to be told of its kind."""
        if kind not in self.allowed:
            return
        self.waiting.append({"update_id": self._next_id, kind: body})
        self._next_id += 1
        self._news.set()

    async def poll(self, arguments: Mapping[str, str]) -> list[dict[str, Any]]:
        if self.webhook is not None:
            # Client.cpp, process_get_updates_query
            text = "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
            raise Refusal(409, f"Conflict: {text}")
        if "allowed_updates" in arguments:
            self.allowed = set(json.loads(arguments["allowed_updates"])) or set(_DEFAULT)
        offset, limit = int(arguments.get("offset", "0")), min(100, int(arguments.get("limit", "100")))
        # "An update is considered confirmed as soon as getUpdates is called with an offset higher than its update_id."
        self.waiting = [update for update in self.waiting if update["update_id"] >= offset]
        self.polls += 1
        # Client.cpp, abort_long_poll: the newer question ends the one that waits.
        self.end_poll("terminated by other getUpdates request; make sure that only one bot instance is running")
        self._poll = mine = asyncio.get_running_loop().create_future()
        try:
            async with asyncio.timeout(min(50, int(arguments.get("timeout", "0")))):
                while not self.waiting:
                    self._news.clear()
                    news = asyncio.create_task(self._news.wait())
                    try:
                        await asyncio.wait({news, mine}, return_when=asyncio.FIRST_COMPLETED)
                    finally:
                        news.cancel()
                    if mine.done():
                        raise mine.result()
        except TimeoutError:
            pass
        finally:
            if self._poll is mine:
                self._poll = None
        return self.waiting[:limit]

    def end_poll(self, reason: str) -> None:
        if self._poll is not None and not self._poll.done():
            self._poll.set_result(Refusal(409, f"Conflict: {reason}"))

    def set_webhook(self, arguments: Mapping[str, str]) -> bool:
        url, secret = arguments.get("url", ""), arguments.get("secret_token", "")
        if not url:
            return self.drop_webhook(arguments)
        if urlsplit(url).scheme != "https":  # WebhookActor.cpp
            raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")
        if (urlsplit(url).port or 443) not in {443, 80, 88, 8443}:  # WebhookActor.cpp
            raise bad_request("bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443")
        if not re.fullmatch(r"[A-Za-z0-9_-]{0,256}", secret):  # Client.cpp, process_set_webhook_query
            raise bad_request("secret token contains unallowed characters")
        if "allowed_updates" in arguments:
            self.allowed = set(json.loads(arguments["allowed_updates"])) or set(_DEFAULT)
        self.end_poll("terminated by setWebhook request")  # Client.cpp, abort_long_poll(true)
        self.webhook = {"url": url, "secret": secret}
        self._drop(arguments)
        if self._posting is None:
            self._posting = asyncio.create_task(self._post_all())
        return True

    def drop_webhook(self, arguments: Mapping[str, str]) -> bool:
        self.webhook = None
        self._drop(arguments)
        return True

    def webhook_info(self) -> dict[str, Any]:
        url = self.webhook["url"] if self.webhook else ""
        return {"url": url, "has_custom_certificate": False, "pending_update_count": len(self.waiting)}

    async def close(self) -> None:
        self.end_poll("the fake is stopping")
        if self._posting is not None:
            self._posting.cancel()
            await asyncio.wait({self._posting})

    def _drop(self, arguments: Mapping[str, str]) -> None:
        if arguments.get("drop_pending_updates", "").lower() == "true":
            self.waiting.clear()

    async def _post_all(self) -> None:
        async with aiohttp.ClientSession() as session:
            while True:
                await self._news.wait()
                while self.waiting and self.webhook is not None:
                    if await self._posted(session, self.waiting[0], self.webhook):
                        self.waiting.pop(0)
                    else:
                        await asyncio.sleep(0.1)
                self._news.clear()
                if self.waiting:
                    await asyncio.sleep(0.1)
                    self._news.set()

    async def _posted(self, session: aiohttp.ClientSession, update: dict[str, Any], webhook: dict[str, Any]) -> bool:
        path = urlsplit(webhook["url"]).path
        # core.telegram.org/bots/api#setwebhook: the secret comes in this header; only a 2xx counts as delivered.
        headers = {"X-Telegram-Bot-Api-Secret-Token": webhook["secret"], "Content-Type": "application/json"}
        try:
            async with session.post(self.webhook_at + path, data=json.dumps(update), headers=headers) as answer:
                return answer.status < 300
        except aiohttp.ClientError:
            return False
