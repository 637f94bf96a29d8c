"""A Summarizer behind an OpenAI-compatible `POST …/chat/completions`: any provider, or a self-hosted server.

The prompt is in prompt.py, parsing answers in answers.py, the day's budget in ledger.py. This module deals with how servers
differ: which parameters they accept is found out by asking, and remembered for the run.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Any, Protocol

import httpx
import structlog

from bot.errors import ModelUnusable, SourceUnavailable
from bot.model import Paper, Summary, SummarySource
from bot.summaries.answers import Fault, Kind, bullets_of, content_of
from bot.summaries.budget import Spent, tokens_of
from bot.summaries.prompt import Prompt, approximate_text

log = structlog.get_logger()

# Room for the answer, and for the thoughts of a reasoning model, which count as output.
MOST_TOKENS = 4000
# What an answer takes, about, for the budget before it is known.
EXPECTED_TOKENS = 700
TEMPERATURE = 0.2
# The forms that are asked for in turn: what a server does not know it refuses with 400
# (platform.openai.com/docs/guides/structured-outputs#json-mode tells which models know which).
_FORMATS = ("json_schema", "json_object", "")
# Statuses that speak of the request's form.
_FORM_REFUSED = frozenset({400, 404, 415, 422, 501})

Post = Callable[[object], Awaitable[httpx.Response]]


class Ledger(Protocol):
    """Where calls are counted, and stopped when the day's budget is spent."""

    async def admit(self, planned: Spent) -> None:
        """Reserve budget for a call. Raises BudgetSpent if there is none left."""

    async def record(self, planned: Spent, used: Spent) -> None:
        """Record what a call has used, and release its reservation."""


@dataclass(slots=True)
class _Dialect:
    """What this server has been found to know."""

    format: str = _FORMATS[0]
    limit_name: str = "max_tokens"
    temperature: bool = True

    def give_up(self, said: str) -> bool:
        """Leave out the parameter that the server complains about; False if none is left to leave out."""
        words = said.lower()
        if "context" in words and "length" in words:
            return False
        if "max_tokens" in words and self.limit_name == "max_tokens":
            # OpenAI's reasoning models accept only the other name (platform.openai.com/docs/api-reference/chat/create).
            self.limit_name = "max_completion_tokens"
        elif "temperature" in words and self.temperature:
            # Some take no temperature but their own (the same page).
            self.temperature = False
        elif self.format:
            self.format = _FORMATS[_FORMATS.index(self.format) + 1]
        else:
            return False
        return True


@dataclass(frozen=True, slots=True)
class Written:
    """What a model wrote of a paper, not checked yet; `text` is its answer as it stood."""

    summary: Summary
    text: str


class ChatCompletions:
    """One model of one server. `post` sends a JSON body to `/chat/completions`, and asks again where that helps."""

    def __init__(self, post: Post, model: str, prompt: Prompt, ledger: Ledger, *, secret: str = "") -> None:
        """`secret` is the key, which some servers repeat in their complaints: it is left out of ours."""
        self._post = post
        self._secret = secret
        self._model = model
        self.prompt = prompt
        self._ledger = ledger
        self._dialect = _Dialect()

    async def summarize(self, paper: Paper, language: str) -> Summary | None:
        """Bullets in `language`, unchecked; None without an abstract, or when the answer cannot be used.

        Raises SourceUnavailable, ModelUnusable, BudgetSpent.
        """
        written = await self.write(paper, language)
        return written.summary if isinstance(written, Written) else None

    async def write(
        self,
        paper: Paper,
        language: str,
        *,
        text: str = "",
        faults: Sequence[str] = (),
        before: str = "",
        room: int = MOST_TOKENS,
    ) -> Written | Fault:
        """What the model writes of the paper, from its abstract and `text`; once more with `faults` of the answer `before`.

        `room` bounds the answer, in tokens. Raises SourceUnavailable, ModelUnusable, BudgetSpent.
        """
        if not paper.abstract.strip():
            return Fault(Kind.EMPTY, "The paper has no abstract: there is nothing to write from.")
        messages = self.prompt.messages(paper, language, text=text, faults=faults, before=before)
        answer = await self._ask(messages, room)
        content = content_of(answer)
        if isinstance(content, Fault):
            return content
        bullets = bullets_of(content, self.prompt.labels(language))
        if isinstance(bullets, Fault):
            return bullets
        summary = Summary(
            language=language,
            source=SummarySource.MODEL,
            bullets=bullets,
            model=self._model,
            prompt_version=self.prompt.version,
        )
        return Written(summary, content)

    async def _ask(self, messages: list[dict[str, str]], room: int) -> object:
        """The answer's JSON. Parameters that the server does not know are left out from then on."""
        sent = tokens_of(approximate_text(messages))
        dialect = replace(self._dialect)
        # Each turn gives something up: the forms, the name of the limit, the temperature.
        while True:
            response = await self._counted(self._body(messages, room, dialect), sent)
            if response.is_success:
                # Only now: a refusal that was about this paper says nothing of the next.
                self._dialect = dialect
                return _json(response)
            said = _said(response)
            if self._secret:
                said = said.replace(self._secret, "…")
            if response.status_code not in _FORM_REFUSED or not dialect.give_up(said):
                break
            log.info("the language model's server knows less than asked", said=said)
        sentence = f"The language model's server answered with status {response.status_code}{said and ': '}{said}."
        if response.status_code in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}:
            raise ModelUnusable(f"{sentence} Check LLM_API_KEY.")
        if response.status_code == HTTPStatus.NOT_FOUND:
            raise ModelUnusable(f"{sentence} Check LLM_API_URL and LLM_MODEL.")
        # Such as a text that is too long for the model, or that the provider refuses: it concerns only this paper.
        return {"error": sentence}

    def _body(self, messages: list[dict[str, str]], room: int, dialect: _Dialect) -> dict[str, Any]:
        body: dict[str, Any] = {"model": self._model, "messages": messages, dialect.limit_name: room}
        if dialect.temperature:
            body["temperature"] = TEMPERATURE
        if dialect.format == "json_schema":
            schema = {"name": "summary", "strict": True, "schema": self.prompt.schema()}
            body["response_format"] = {"type": "json_schema", "json_schema": schema}
        elif dialect.format:
            body["response_format"] = {"type": dialect.format}
        return body

    async def _counted(self, body: dict[str, Any], sent: int) -> httpx.Response:
        planned = Spent(calls=1, tokens_in=sent, tokens_out=EXPECTED_TOKENS)
        await self._ledger.admit(planned)
        used = Spent(calls=1, failures=1)
        try:
            response = await self._post(body)
            used = _usage(response, planned) if response.is_success else used
        except (SourceUnavailable, asyncio.CancelledError) as error:
            if not isinstance(error, SourceUnavailable) or isinstance(error.__cause__, httpx.ReadTimeout | TimeoutError):
                # It may have been answered, and billed, though nobody heard it.
                used = Spent(calls=1, failures=1, tokens_in=sent)
            raise
        finally:
            await self._ledger.record(planned, used)
        return response


def _usage(response: httpx.Response, planned: Spent) -> Spent:
    """What the server says that the call took; an estimate where it says nothing."""
    answer = _json(response)
    told = answer.get("usage") if isinstance(answer, dict) else None
    counts = told if isinstance(told, dict) else {}
    read, written = counts.get("prompt_tokens"), counts.get("completion_tokens")
    if not isinstance(read, int) or not isinstance(written, int):
        read, written = planned.tokens_in, tokens_of(response.text)
    failed = isinstance(content_of(answer), Fault)
    return Spent(calls=1, failures=int(failed), tokens_in=max(0, read), tokens_out=max(0, written))


def _json(response: httpx.Response) -> object:
    try:
        return response.json()
    except ValueError:
        return None


def _said(response: httpx.Response) -> str:
    """The server's own words about a refusal, in one line."""
    match _json(response):
        case {"error": {"message": str(said)}} | {"error": str(said)} | {"message": str(said)} | {"detail": str(said)}:
            pass
        case _:
            said = response.text
    return " ".join(said.split())[:300].rstrip(".")
