"""Tells a WebSub hub which feeds have something new, so that it tells their subscribers (w3.org/TR/websub/)."""

import asyncio

import httpx
import structlog

from bot.errors import StoreError
from bot.store import key_values
from bot.store.connection import Store
from bot.web.feeds import FORMS, FeedPage
from bot.web.site import Site

log = structlog.get_logger(__name__)

_OWNER = "websub"
_SECONDS = 20


class HubTeller:
    """What was told is kept in the store, so that a new start tells nothing twice."""

    def __init__(self, store: Store, site: Site) -> None:
        """`site` names the hub, and stands under an address that the hub can reach."""
        self._store, self._site = store, site
        self._woken = asyncio.Event()

    def wake(self) -> None:
        """Something may have changed."""
        self._woken.set()

    async def run(self) -> None:
        """Tell what changed, each time after `wake`, until cancelled."""
        while True:
            await self._woken.wait()
            self._woken.clear()
            try:
                await self.tell()
            except StoreError as error:
                log.warning("feeds cannot be looked at", error=str(error))

    async def tell(self) -> None:
        """Tell the hub of every feed that is not as it was told. What it does not take is told again the next time."""
        async with httpx.AsyncClient(timeout=_SECONDS) as client:
            for language in self._site.languages:
                for _, form in FORMS:
                    page = FeedPage(language=language, form=form)
                    mark = await self._store.read(page.mark, self._site)
                    if mark and mark != await self._store.read(key_values.get, _OWNER, page.address(self._site)):
                        await self._publish(client, page, mark)

    async def _publish(self, client: httpx.AsyncClient, page: FeedPage, mark: str) -> None:
        address = page.address(self._site)
        topic = self._site.addresses.whole(address)
        # How a publisher tells its hub is left open by the standard; this is what hubs take since PubSubHubbub 0.3, some
        # under the one name and some under the other.
        told = {"hub.mode": "publish", "hub.url": topic, "hub.topic": topic}
        try:
            answer = await client.post(self._site.hub, data=told)
            answer.raise_for_status()
        except httpx.HTTPError as error:
            log.warning("the hub was not told", hub=self._site.hub, feed=topic, error=str(error) or type(error).__name__)
            return
        await self._store.write(key_values.put, _OWNER, address, mark)
        log.info("the hub was told", feed=topic)
