"""A WebSub hub over real HTTP: keeps what publishers tell it, and refuses what hubs refuse."""

from typing import Self

from aiohttp import web


class WebSubHub:
    """Answers 204 as hubs do, or as `status` says; `topics` are the feeds that it was told of."""

    def __init__(self) -> None:
        self.url = ""
        self.status = 204
        self.topics: list[str] = []
        app = web.Application()
        app.router.add_post("/", self._answer)
        self._runner = web.AppRunner(app)

    async def __aenter__(self) -> Self:
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._runner.cleanup()

    async def _answer(self, request: web.Request) -> web.Response:
        told = await request.post()
        # PubSubHubbub Core 0.3, 7.1 (pubsubhubbub.github.io/PubSubHubbub/pubsubhubbub-core-0.3.html#publishing): the content
        # type, the mode and the topic are required.
        if request.content_type != "application/x-www-form-urlencoded" or told.get("hub.mode") != "publish":
            return web.Response(status=400)
        if not str(told.get("hub.url", "")).startswith(("http://", "https://")):
            return web.Response(status=400)
        self.topics.append(str(told["hub.url"]))
        return web.Response(status=self.status)
