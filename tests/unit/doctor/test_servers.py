"""What the doctor says of servers: real ones on loopback, right and wrong."""

import contextlib
import datetime as dt
import email.utils
from collections.abc import AsyncIterator, Mapping
from typing import Any

import httpx
import pytest
from aiohttp import web

from bot.doctor import servers
from bot.doctor.finding import State
from bot.settings import Settings
from tests.fakes.hub import Hub
from tests.fakes.loopback_platform import LoopbackAdapter

MODELS = {"data": [{"id": "small-1"}, {"id": "large-1"}]}


@contextlib.asynccontextmanager
async def answering(
    body: Any, status: int = 200, headers: Mapping[str, str] | None = None, *, method: str = "GET"
) -> AsyncIterator[str]:
    """A server that answers everything so; gives its address."""

    async def answer(_: web.Request) -> web.Response:
        if isinstance(body, str):
            return web.Response(text=body, status=status, content_type="text/html")
        return web.json_response(body, status=status, headers=headers)

    app = web.Application()
    app.router.add_route(method, "/{path:.*}", answer)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(trust_env=False) as one:
        yield one


def settings(url: str, **more: str) -> Settings:
    return Settings.model_validate(
        {"hf_api_url": url, "arxiv_api_url": url, "llm_api_url": url, "llm_model": "small-1", **more}
    )


async def test_a_hub_that_answers_is_well_and_a_token_that_it_refuses_is_named(client: httpx.AsyncClient):
    async with Hub() as hub:
        set_to = settings(hub.url)
        answer = await servers.ask(client, f"{hub.url}/api/daily_papers?limit=1")
        assert servers.hub(answer, set_to).state is State.OK
        refused = await servers.ask(client, f"{hub.url}/api/daily_papers?limit=1", {"Authorization": "Bearer hf_wrong"})
        assert servers.hub(refused, set_to).state is State.FAILURE
        assert "HF_TOKEN is not accepted" in servers.hub(refused, set_to).found
        arxiv = await servers.ask(client, f"{hub.url}/api/query?id_list=2403.18361")
        assert servers.arxiv(arxiv, set_to).state is State.OK


@pytest.mark.parametrize(("status", "state"), [(429, State.WARNING), (500, State.FAILURE), (404, State.FAILURE)])
async def test_a_hub_that_answers_something_else_is_named(client: httpx.AsyncClient, status: int, state: State):
    async with answering({}, status) as url:
        answer = await servers.ask(client, url)
        assert servers.hub(answer, settings(url)).state is state
        assert servers.arxiv(answer, settings(url)).state is State.WARNING


async def test_a_page_that_a_network_shows_in_its_place_is_no_list(client: httpx.AsyncClient):
    async with answering({"please": "sign in"}, 200) as url:
        found = servers.hub(await servers.ask(client, url), settings(url))
        arxiv = servers.arxiv(await servers.ask(client, url), settings(url))
    assert (found.state, found.found) == (State.FAILURE, f"{url} answered with something that is no list of papers.")
    assert (arxiv.state, "answered with something else" in arxiv.found) == (State.WARNING, True)


async def test_a_server_that_is_not_there_is_named_and_nothing_raises(client: httpx.AsyncClient):
    url = "http://127.0.0.1:9"
    answer = await servers.ask(client, url)
    assert (servers.hub(answer, settings(url)).state, servers.arxiv(answer, settings(url)).state) == (
        State.FAILURE,
        State.WARNING,
    )
    assert servers.model(answer, settings(url)).state is State.WARNING
    assert (await servers.ask(client, "http://[::bad")).response is None


class Strange(LoopbackAdapter):
    """A stranger's adapter whose library raises what it likes."""

    async def open(self) -> None:
        raise KeyError("https://example.org/bot7:secret")


async def test_a_strangers_adapter_may_fail_as_it_likes():
    found = await servers.platform("strange", Strange(""))
    assert (found.state, found.found) == (State.FAILURE, "Its adapter failed with an error of its own (KeyError).")


@pytest.mark.parametrize(
    ("body", "status", "state", "said"),
    [
        (MODELS, 200, State.OK, "has small-1"),
        ({"data": [{"id": "large-1"}]}, 200, State.WARNING, "does not name 'small-1' among its models (large-1)"),
        ({}, 404, State.OK, "does not list its models"),
        (["surprise"], 200, State.OK, "does not list its models"),
        ({}, 401, State.FAILURE, "LLM_API_KEY is not accepted"),
        ({}, 503, State.WARNING, "answers 503"),
        ("<html>please sign in</html>", 200, State.WARNING, "answered with a page"),
    ],
)
async def test_a_models_server(client: httpx.AsyncClient, body: object, status: int, state: State, said: str):
    async with answering(body, status) as url:
        set_to = settings(f"{url}/v1/chat/completions")
        assert servers.models_url(set_to) == f"{url}/v1/models"
        found = servers.model(await servers.ask(client, servers.models_url(set_to)), set_to)
        assert (found.state, said in found.found) == (state, True)


@pytest.mark.parametrize(
    ("status", "state", "said"),
    [
        (400, State.OK, "does not list its models"),  # it wants a question
        (401, State.FAILURE, "LLM_API_KEY is not accepted"),
        (404, State.WARNING, "neither a list of models nor `/chat/completions` (status 404)"),
        (405, State.WARNING, "neither a list of models nor `/chat/completions` (status 405)"),
    ],
)
async def test_a_server_without_a_list_of_models_is_asked_for_answers(
    client: httpx.AsyncClient, status: int, state: State, said: str
):
    """Where LLM_API_URL lacks its /v1, everything is 404, and every summary would fail."""
    async with answering({}, 404) as url, answering({}, status, method="POST") as other:
        listed = await servers.ask(client, f"{url}/models")
        assert servers.lists_no_models(listed)
        chat = await servers.ask(client, servers.chat_url(settings(other)), posting={})
        found = servers.model(listed, settings(other), chat)
        assert (found.state, said in found.found) == (state, True), found
        assert servers.chat_url(settings(f"{other}/chat/completions")) == f"{other}/chat/completions"


@pytest.mark.parametrize(("age", "hours"), [("0", 1), ("3600", 0)])
async def test_the_clock_is_read_from_the_answer_and_its_age_in_a_cache(client: httpx.AsyncClient, age: str, hours: int):
    hour_ago = email.utils.format_datetime(dt.datetime.now(dt.UTC) - dt.timedelta(hours=1), usegmt=True)
    async with answering({}, headers={"Date": hour_ago, "Age": age}) as url:
        ahead = (await servers.ask(client, url)).ahead
        assert ahead is not None
        assert abs(ahead.total_seconds() - 3600 * hours) < 60


@pytest.mark.parametrize("date", ["yesterday", "", "Thu, 99 Foo 2024 00:00:00 GMT"])
async def test_a_date_that_is_none_is_no_time(client: httpx.AsyncClient, date: str):
    async with answering({}, headers={"Date": date}) as url:
        assert (await servers.ask(client, url)).ahead is None
