"""Checks of the servers that the bot needs, one request each: chat platforms, Hugging Face, arXiv, the language model's."""

import asyncio
import datetime as dt
import email.utils
import time
from collections.abc import Mapping
from dataclasses import dataclass

import httpx

from bot.doctor.finding import Finding, failure, ok, warning
from bot.errors import AdapterError, InvalidToken
from bot.ports import ChatAdapter
from bot.settings import Settings

# A server that takes longer than this for a simple request counts as unreachable.
SECONDS = 15.0
# How many of a server's models are named if the configured one is not among them.
_NAMED_MODELS = 5
# So much of an answer tells what it is.
_HEAD = 2000


@dataclass(frozen=True, slots=True)
class Answer:
    """A server's response, or None and the reason; and by how much this machine's clock is ahead of the server's."""

    response: httpx.Response | None
    reason: str = ""
    milliseconds: int = 0
    ahead: dt.timedelta | None = None


async def ask(
    client: httpx.AsyncClient, url: str, headers: Mapping[str, str] | None = None, *, posting: object = None
) -> Answer:
    """Ask once, with a JSON body if there is something to be posted; never raises."""
    began, clock = time.monotonic(), dt.datetime.now(dt.UTC)
    try:
        async with asyncio.timeout(SECONDS):
            response = await client.request("GET" if posting is None else "POST", url, headers=headers, json=posting)
    except TimeoutError:
        return Answer(None, f"no answer within {SECONDS:.0f} seconds")
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        return Answer(None, str(error) or type(error).__name__)
    took = time.monotonic() - began
    return Answer(response, "", round(took * 1000), _ahead(response, clock + dt.timedelta(seconds=took / 2)))


def _ahead(response: httpx.Response, now: dt.datetime) -> dt.timedelta | None:
    """By the answer's Date (RFC 9110, 6.6.1, whole seconds) and, from a cache, its Age (RFC 9111, 5.1)."""
    try:
        said = email.utils.parsedate_to_datetime(response.headers["Date"])
        age = dt.timedelta(seconds=float(response.headers.get("Age", 0)))
        ahead = now - (said + age + dt.timedelta(seconds=0.5))
    except (KeyError, ValueError, TypeError, OverflowError):
        return None
    return ahead


async def platform(name: str, adapter: ChatAdapter) -> Finding:
    """Does it accept the token? The bot that listens is not disturbed by the question."""
    try:
        async with asyncio.timeout(SECONDS):
            await adapter.open()
    except InvalidToken as error:
        return failure(name, str(error), "Put the right token into .env, and start the bot again.")
    except AdapterError as error:
        return failure(name, str(error), "Check the network and the address, and whether a proxy is needed.")
    except TimeoutError:
        return failure(name, f"No answer within {SECONDS:.0f} seconds.", "Check the network; try again later.")
    except Exception as error:  # noqa: BLE001 - a stranger's adapter may raise anything, and the other checks are wanted
        # Not its text: the address of a request may stand there, and in that the token.
        return failure(
            name,
            f"Its adapter failed with an error of its own ({type(error).__name__}).",
            "Report it to who wrote the adapter.",
        )
    finally:
        await adapter.close()
    return ok(name, "the token is accepted")


def hub(answer: Answer, settings: Settings) -> Finding:
    url = settings.hf_api_url
    if answer.response is None:
        return failure(
            "hugging face",
            f"{url} cannot be reached ({answer.reason}), so no list of papers comes.",
            "Check the network; behind a proxy set HTTPS_PROXY, for a mirror HF_API_URL.",
        )
    status = answer.response.status_code
    if status == 401:
        return failure("hugging face", "HF_TOKEN is not accepted.", "Make a new read token, or leave HF_TOKEN empty.")
    if status == 429:
        return warning(
            "hugging face", "It asks for patience: too many requests.", "Wait some minutes; HF_TOKEN allows more."
        )
    if status != 200:
        return failure("hugging face", f"{url} answered {status} instead of a list.", "Try again later; check HF_API_URL.")
    if not _is_list(answer.response):
        return failure(
            "hugging face",
            f"{url} answered with something that is no list of papers.",
            "Check HF_API_URL, and whether the network shows a page of its own (a proxy, a sign-in).",
        )
    return ok("hugging face", f"answers in {answer.milliseconds} ms")


def arxiv(answer: Answer, settings: Settings) -> Finding:
    if answer.response is None or answer.response.status_code != 200:
        reason = answer.reason or f"status {answer.response.status_code if answer.response else 0}"
        return warning(
            "arxiv",
            f"{settings.arxiv_api_url} does not answer ({reason}): papers that never were on a list cannot be shown.",
            "Try again later; check the network and ARXIV_API_URL.",
        )
    # Its answers are Atom feeds (info.arxiv.org/help/api/user-manual.html); a page of the network's own is none.
    if "<feed" not in answer.response.text[:_HEAD]:
        return warning(
            "arxiv",
            f"{settings.arxiv_api_url} answered with something else: papers that never were on a list cannot be shown.",
            "Check ARXIV_API_URL, and whether the network shows a page of its own (a proxy, a sign-in).",
        )
    return ok("arxiv", f"answers in {answer.milliseconds} ms")


def model(answer: Answer, settings: Settings, chat: Answer | None = None) -> Finding:
    """Digests go on without a model, so it is no failure when there is none; a key that is refused never mends itself.

    `chat` is what it said when it was posted nothing, where it does not list its models (`lists_no_models`).
    """
    url = settings.llm_api_url
    if answer.response is None:
        return warning(
            "model",
            f"{url} cannot be reached ({answer.reason}): summaries come from the next best source.",
            "Start the server, or check LLM_API_URL and the network.",
        )
    status = answer.response.status_code
    asked = status if chat is None or chat.response is None else chat.response.status_code
    if {status, asked} & {401, 403}:
        return failure("model", "LLM_API_KEY is not accepted.", "Put a valid key into .env, or unset LLM_API_URL.")
    if status >= 500 or status == 429:
        return warning("model", f"{url} answers {status}.", "Try again later; the provider's status page may say more.")
    names = _models(answer.response) if status == 200 else []
    if names and settings.llm_model not in names:
        shown = ", ".join(names[:_NAMED_MODELS]) + (", …" if len(names) > _NAMED_MODELS else "")
        return warning(
            "model", f"{url} does not name '{settings.llm_model}' among its models ({shown}).", "Check LLM_MODEL."
        )
    if chat is not None and (chat.response is None or asked in {404, 405}):
        return warning(
            "model",
            f"{url} has neither a list of models nor `/chat/completions` ({chat.reason or f'status {asked}'}).",
            "Check LLM_API_URL: most servers' addresses end in /v1.",
        )
    if status == 200 and not _is_json(answer.response):
        return warning(
            "model",
            f"{url} answered with a page instead of a list of models.",
            "Check LLM_API_URL (most servers' end in /v1), and whether the network shows a page of its own.",
        )
    known = f"has {settings.llm_model}" if names else "answers; it does not list its models"
    return ok("model", f"{known} ({answer.milliseconds} ms)")


def lists_no_models(answer: Answer) -> bool:
    """Whether the server knows of no list of models, so that it must be asked in another way what it is."""
    return answer.response is not None and answer.response.status_code in {404, 405}


def _is_json(response: httpx.Response) -> bool:
    try:
        response.json()
    except ValueError:
        return False
    return True


def _is_list(response: httpx.Response) -> bool:
    try:
        return isinstance(response.json(), list)
    except ValueError:
        return False


def models_url(settings: Settings) -> str:
    """Where a server with an OpenAI-compatible interface lists its models."""
    return f"{(settings.llm_api_url or '').removesuffix('/chat/completions')}/models"


def chat_url(settings: Settings) -> str:
    """Where it is asked for summaries. It refuses an empty question, so that this one costs nothing."""
    return f"{(settings.llm_api_url or '').removesuffix('/chat/completions')}/chat/completions"


def _models(response: httpx.Response) -> list[str]:
    try:
        return [str(one["id"]) for one in response.json()["data"]]
    except (ValueError, KeyError, TypeError):
        return []
