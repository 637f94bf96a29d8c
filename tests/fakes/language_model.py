"""An OpenAI-compatible server on loopback that writes summaries, or misbehaves by script. It refuses what real ones refuse."""

import asyncio
import json
import re
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Self

from aiohttp import web

# What a request may be answered with instead of a good summary.
MISBEHAVIOURS = (
    "fences",
    "wrong types",
    "latex",
    "trailing prose",
    "another paper",
    "invented numbers",
    "other language",
    "empty",
    "refused",
    "filtered",
    "truncated",
    "hang",
    "429",
    "500",
    "not json",
)
_ENGLISH = re.compile(r"[A-Za-z][A-Za-z0-9-]{3,}")
_PAPER = re.compile(r"Title: (?P<title>.*?)\nAbstract: (?P<abstract>.*?)(?:\n\nText:|\n</paper-)", re.DOTALL)

FOREIGN = [
    "이 논문은 새로운 합성곱 신경망(Convolutional Neural Network)을 제안합니다.",
    "드롭아웃(Dropout)과 배치 정규화(Batch Normalization)를 결합했습니다.",
    "CIFAR-10에서 정확도가 4.37% 향상되었습니다.",
]


def korean(title: str, abstract: str) -> list[str]:
    """Bullets in Korean that say only what the abstract says."""
    words = list(dict.fromkeys(_ENGLISH.findall(abstract)))[:6]
    return [
        f"이 논문은 {title} 연구를 소개합니다.",
        f"초록에서는 {', '.join(words)} 등을 다룹니다.",
        "자세한 내용은 논문에서 확인할 수 있습니다.",
    ]


def english(title: str, abstract: str) -> list[str]:
    """Bullets in English: the abstract's own sentences."""
    sentences = [part.strip() for part in re.split(r"(?<=[.!?])\s+", abstract) if part.strip()]
    return [f"{title}: what is new.", *sentences[:3]]


@dataclass
class Asked:
    """A request as it came."""

    body: dict[str, Any]
    authorization: str | None

    @property
    def text(self) -> str:
        return "\n".join(message["content"] for message in self.body["messages"])

    @property
    def system(self) -> str:
        return str(self.body["messages"][0]["content"])

    @property
    def title(self) -> str:
        return paper_of(self)[0]


def paper_of(asked: Asked) -> tuple[str, str]:
    """Title and abstract out of the prompt."""
    found = _PAPER.search(asked.text)
    assert found is not None, asked.text
    return found["title"], found["abstract"]


@dataclass
class LanguageModel:
    """`async with LanguageModel() as model:` serves at `model.url` until the end of the block.

    `script` says what the next requests meet, "" for a good answer; `always` what all others do; `by_title` and
    `once_by_title` what those for a paper do, before both. `knows` are the response
    formats of this server, `refuses` the parameters that it does not take, as reasoning models do.
    """

    model: str = "test-model"
    key: str = "sk-right"
    script: deque[str] = field(default_factory=deque)
    always: str = ""
    by_title: dict[str, str] = field(default_factory=dict)
    once_by_title: dict[str, str] = field(default_factory=dict)
    knows: tuple[str, ...] = ("json_schema", "json_object")
    refuses: tuple[str, ...] = ()
    write: Callable[[str, str, str], list[str]] | None = None
    reports_usage: bool = True
    asked: list[Asked] = field(default_factory=list)
    most_at_once: int = 0
    slow: float = 0.0
    url: str = ""
    _now: int = 0
    _runner: web.AppRunner | None = None
    _released: asyncio.Event = field(default_factory=asyncio.Event)

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_post("/v1/chat/completions", self._completions)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        host, port = self._runner.addresses[0][:2]
        self.url = f"http://{host}:{port}/v1"
        return self

    async def __aexit__(self, *_: object) -> None:
        self._released.set()
        assert self._runner is not None
        await self._runner.cleanup()

    def next(self, misbehaviours: Iterable[str]) -> None:
        """What the next requests meet."""
        self.script.extend(misbehaviours)

    def settings(self, **more: str) -> dict[str, str]:
        """The program's settings that lead here."""
        return {"LLM_API_URL": self.url, "LLM_API_KEY": self.key, "LLM_MODEL": self.model, **more}

    async def _completions(self, request: web.Request) -> web.Response:
        body = await request.json()
        asked = Asked(body, request.headers.get("Authorization"))
        self.asked.append(asked)
        refusal = self._refusal(asked)
        if refusal is not None:
            return refusal
        self._now += 1
        self.most_at_once = max(self.most_at_once, self._now)
        try:
            if self.slow:
                await asyncio.sleep(self.slow)
            return await self._answer(asked)
        finally:
            self._now -= 1

    def _refusal(self, asked: Asked) -> web.Response | None:
        body = asked.body
        if asked.authorization != f"Bearer {self.key}":
            # platform.openai.com/docs/guides/error-codes: 401, Incorrect API key provided. OpenAI hides most of it; servers
            # of other makers repeat the whole.
            given = (asked.authorization or "").removeprefix("Bearer ")
            return _error(401, f"Incorrect API key provided: {given}.", code="invalid_api_key")
        if body.get("model") != self.model:
            # The same page: 404, the model does not exist or you do not have access to it.
            said = f"The model `{body.get('model')}` does not exist or you do not have access to it."
            return _error(404, said, code="model_not_found")
        for name in self.refuses:
            if name in body and name == "max_tokens":
                # platform.openai.com/docs/api-reference/chat/create#chat-create-max_tokens: not compatible with o-series.
                said = "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead."
                return _error(400, said, param=name, code="unsupported_parameter")
            if name in body:
                # platform.openai.com/docs/guides/reasoning: temperature is fixed for reasoning models.
                said = f"Unsupported value: '{name}' does not support {body[name]} with this model. Only the default (1) value is supported."
                return _error(400, said, param=name, code="unsupported_value")
        wanted = body.get("response_format")
        if wanted is not None and wanted.get("type") not in self.knows:
            # platform.openai.com/docs/guides/structured-outputs: "not supported with this model" for older ones.
            said = f"Invalid parameter: 'response_format' of type '{wanted.get('type')}' is not supported with this model."
            return _error(400, said, param="response_format")
        if wanted == {"type": "json_object"} and "json" not in asked.text.lower():
            # platform.openai.com/docs/api-reference/chat/create#chat-create-response_format
            said = "'messages' must contain the word 'json' in some form, to use 'response_format' of type 'json_object'."
            return _error(400, said, param="messages")
        if wanted is not None and wanted["type"] == "json_schema":
            schema = wanted["json_schema"]["schema"]
            # platform.openai.com/docs/guides/structured-outputs#additionalproperties-false-must-always-be-set-in-objects
            if schema.get("additionalProperties") is not False or set(schema["required"]) != set(schema["properties"]):
                return _error(400, "Invalid schema for response_format 'summary'.", param="response_format")
        if "tools" in body:
            return _error(400, "This server has no tools.", param="tools")
        return None

    async def _answer(self, asked: Asked) -> web.Response:
        title, abstract = paper_of(asked)
        kind = self.once_by_title.pop(title, "") or self.by_title.get(title, "")
        kind = kind or (self.script.popleft() if self.script else self.always)
        bullets = self._bullets(asked, title, abstract)
        good = json.dumps(_value(asked, bullets), ensure_ascii=False)
        match kind:
            case "":
                return self._said(good)
            case "fences":
                return self._said(f"Here is the summary:\n```json\n{good}\n```\nI hope that helps!")
            case "trailing prose":
                return self._said(f"{good}\n\nLet me know if you need more.")
            case "wrong types":
                return self._said(json.dumps({"summary": [{"text": bullet} for bullet in bullets]}, ensure_ascii=False))
            case "latex":
                return self._said('{"bullets": [' + ", ".join(f'"{bullet} $\\alpha$"' for bullet in bullets) + "]}")
            case "not json":
                return self._said("\n".join(f"- {bullet}" for bullet in bullets))
            case "another paper":
                return self._said(json.dumps(_value(asked, FOREIGN), ensure_ascii=False))
            case "invented numbers":
                worse = [*bullets[:-1], bullets[-1] + " 정확도는 87.65%입니다."]
                return self._said(json.dumps(_value(asked, worse), ensure_ascii=False))
            case "other language":
                return self._said(json.dumps(_value(asked, english(title, abstract)), ensure_ascii=False))
            case "empty":
                return self._said("")
            case "refused":
                # platform.openai.com/docs/guides/structured-outputs#refusals: a field of its own, no content.
                return self._said(None, refusal="I'm sorry, I cannot assist with that request.")
            case "filtered":
                # platform.openai.com/docs/api-reference/chat/object: finish_reason content_filter.
                return self._said("", finish="content_filter")
            case "truncated":
                return self._said(good[: len(good) // 2], finish="length")
            case "429":
                # platform.openai.com/docs/guides/rate-limits: Retry-After says when to come back.
                return _error(
                    429, "Rate limit reached for requests.", code="rate_limit_exceeded", headers={"Retry-After": "0"}
                )
            case "500":
                return _error(500, "The server had an error while processing your request.", kind="server_error")
            case "hang":
                await self._released.wait()
                return _error(503, "It was too late anyway.")
        raise AssertionError(f"no misbehaviour is called {kind!r}")

    def _bullets(self, asked: Asked, title: str, abstract: str) -> list[str]:
        language = "ko" if "Korean" in asked.system else "en"
        if self.write is not None:
            return self.write(title, abstract, language)
        return korean(title, abstract) if language == "ko" else english(title, abstract)

    def _said(self, content: str | None, *, refusal: str | None = None, finish: str = "stop") -> web.Response:
        # platform.openai.com/docs/api-reference/chat/object
        answer: dict[str, Any] = {
            "id": f"chatcmpl-{len(self.asked)}",
            "object": "chat.completion",
            "model": self.model,
            "choices": [
                {
                    "index": 0,
                    "message": {"role": "assistant", "content": content, "refusal": refusal},
                    "finish_reason": finish,
                }
            ],
        }
        if self.reports_usage:
            read, written = len(self.asked[-1].text) // 4, len(content or "") // 2
            answer["usage"] = {"prompt_tokens": read, "completion_tokens": written, "total_tokens": read + written}
        return web.json_response(answer)


def _value(asked: Asked, bullets: list[str]) -> dict[str, Any]:
    if '"new"' in asked.system:
        return dict(zip(("new", "how", "results"), bullets, strict=False))
    return {"bullets": bullets}


def _error(
    status: int,
    message: str,
    *,
    param: str | None = None,
    code: str | None = None,
    kind: str = "invalid_request_error",
    headers: dict[str, str] | None = None,
) -> web.Response:
    # platform.openai.com/docs/guides/error-codes: {"error": {"message", "type", "param", "code"}}
    said = {"error": {"message": message, "type": kind, "param": param, "code": code}}
    return web.json_response(said, status=status, headers=headers)
