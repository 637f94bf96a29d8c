"""Summaries by a language model: which papers get one; asked for once, checked, stored; in advance, so no digest waits.

What a reader is shown is chosen in choose.py from what the store has: nothing here can hold up a delivery.
"""

import asyncio
import datetime as dt
import json
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

import structlog

from bot.clock import Clock
from bot.errors import BudgetSpent, ModelUnusable, SourceError, SourceUnavailable
from bot.model import REPORTED, Paper, Summary, SummarySource
from bot.observing import NOBODY, Observer
from bot.shared import Shared
from bot.store import papers, summaries, usage
from bot.store.connection import Store
from bot.summaries.answers import Fault, Kind
from bot.summaries.chat_completions import MOST_TOKENS, ChatCompletions
from bot.summaries.checking import CHECK_VERSION
from bot.summaries.choose import shown_summary, wants_model
from bot.summaries.faithfulness import check
from bot.summaries.health import ModelHealth
from bot.summaries.prompt import cut

log = structlog.get_logger()

# Concurrent requests: sixty papers of a long day take some minutes, and a small server is not overloaded.
CONCURRENCY = 4
# As many list days as a subscriber can be owed (docs/architecture.md, "The list day").
DAYS_AHEAD = 5
# How long a claim holds, in case its process died while asking.
CLAIM = dt.timedelta(minutes=15)
# With unusable answers a model is asked at most this often under one version of the prompt, with this pause in between.
MOST_FAILURES = 3
PATIENCE = dt.timedelta(hours=6)
# A server that fails this often in a row is not asked until the next round.
MOST_SILENCES = 3


class Outcome(StrEnum):
    """The outcome of asking for a summary."""

    MADE = "made"
    THERE = "there"  # nobody has to be asked
    NO_SOURCE = "no source"  # no abstract, no model
    BUSY = "busy"  # another process asks, or the model's answers were of no use a while ago
    UNUSABLE = "unusable"  # refused, or not faithful, twice
    UNAVAILABLE = "unavailable"  # the server did not answer
    NO_MODEL = "no model"


@dataclass(frozen=True, slots=True)
class Made:
    """The outcome for one paper in one language; `reasons` say why there is no summary."""

    paper_id: str
    language: str
    outcome: Outcome
    reasons: tuple[str, ...] = ()


@dataclass(slots=True)
class Round:
    """The outcomes for many. `stopped` is the reason why it stopped early, "" if all were asked."""

    made: list[Made] = field(default_factory=list)
    stopped: str = ""

    def count(self, *outcomes: Outcome) -> int:
        """How many had this outcome."""
        return sum(one.outcome in outcomes for one in self.made)


class TextSource(Protocol):
    """Gives the whole text of a paper."""

    async def text(self, paper_id: str) -> str:
        """The text, "" when nobody has it. Never raises."""


class Summaries:
    """The summaries that a language model writes. Without `model` it does nothing, and says so."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        model: ChatCompletions | None = None,
        *,
        full_text: TextSource | None = None,
        replacing: bool = False,
        observer: Observer = NOBODY,
    ) -> None:
        """`replacing`: imported summaries that failed the check are replaced (SHOW_UNVERIFIED=replace)."""
        self._store, self._clock, self._model = store, clock, model
        self._full_text, self._replacing, self._observer = full_text, replacing, observer
        self.health = ModelHealth()
        self._owner = uuid.uuid4().hex
        self._asked = Shared[tuple[str, str, bool], Made](lambda key: self._observed(*key[:2], insisting=key[2]))
        self._asked_again = Shared[tuple[str, str], Made](lambda key: self._observed(*key, again=True))

    @property
    def has_model(self) -> bool:
        """Whether a model is configured."""
        return self._model is not None

    async def summary(self, paper: Paper, language: str) -> Summary | None:
        """The best there is for a reader, in order: the store's, the model's, the Hub's, the abstract's sentences.

        It may take as long as the model does, so it is for callers that can wait. Never raises a SourceError.
        """
        try:
            await self.make(paper.id, language)
        except SourceError as error:
            log.info("no summary by a model", paper=paper.id, language=language, error=str(error))
        known = await self._store.read(papers.paper, paper.id)
        return shown_summary(known or paper, language)

    async def may_ask(self, paper: Paper, language: str) -> bool:
        """Whether a model would be asked for this summary now: one is set, none is there, and the budget is not spent."""
        if self._model is None or not wants_model(paper, language, replacing=self._replacing):
            return False
        now = self._clock.now()
        key = (paper.id, language, self._model.prompt.version)
        given_up = await self._store.read(summaries.is_given_up, *key, now=now, most_failures=MOST_FAILURES)
        return not given_up and not await self._store.read(usage.is_stopped, now.date())

    async def make(self, paper_id: str, language: str, *, insisting: bool = False) -> Made:
        """Have a summary written unless there is one. Those who ask for the same at once share the answer.

        `insisting`: even though the model's answers could not be used a while ago, for a person asks now. Raises
        SourceUnavailable, ModelUnusable, BudgetSpent.
        """
        return await self._asked.get((paper_id, language, insisting))

    async def ask_again(self, paper_id: str, language: str, *, marked: bool = False) -> bool:
        """Mark the summary that readers of `language` see as wrong, because one said so, and have another written.

        With `marked` that one is marked already. Gives whether there is another now. It may take as long as the model
        does. Never raises a SourceError.
        """
        paper = await self._store.read(papers.paper, paper_id)
        shown = shown_summary(paper, language) if paper else None
        if paper is None or shown is None:
            return False
        if not marked:
            await self._store.write(summaries.report_wrong, paper_id, shown)
        elif shown.language == language and shown.source is SummarySource.MODEL and shown.verified:
            # Another reader's word has brought it meanwhile.
            return True
        try:
            made = await self._asked_again.get((paper_id, language))
        except SourceError as error:
            log.warning("no other summary", paper=paper_id, language=language, error=str(error))
            return False
        return made.outcome is Outcome.MADE

    async def make_ahead(self) -> Round:
        """Have summaries written of the newest days, the papers with most votes first, in the subscribers' languages."""
        if self._model is None:
            return Round()
        languages = await self._store.read(summaries.languages)
        days = await self._store.read(summaries.newest_days, self._clock.now().date(), DAYS_AHEAD)
        wanted: list[tuple[str, str]] = []
        for day in days if languages else ():
            wanted += self.wanted(await self._store.read(papers.papers_of_day, day), languages)
        made = await self.make_all(wanted)
        if wanted:
            log.info(
                "summaries made ahead",
                made=made.count(Outcome.MADE),
                unusable=made.count(Outcome.UNUSABLE),
                left=len(wanted) - made.count(Outcome.MADE, Outcome.THERE, Outcome.UNUSABLE),
                stopped=made.stopped or None,
            )
        return made

    def wanted(self, known: Sequence[Paper], languages: Sequence[str]) -> list[tuple[str, str]]:
        """Of these papers, those that a model is to be asked for, and in which language; most votes first."""
        ranked = sorted(known, key=lambda paper: -(paper.upvotes or 0))
        return [
            (paper.id, language)
            for paper in ranked
            for language in languages
            if wants_model(paper, language, replacing=self._replacing)
        ]

    async def make_all(
        self,
        wanted: Sequence[tuple[str, str]],
        progress: Callable[[Made], object] | None = None,
        *,
        insisting: bool = False,
    ) -> Round:
        """`make` for many, a few at a time, in their order; one that fails costs no other.

        Ends early when the budget is spent, or the server answers nobody.
        """
        whole = Round()
        queue = iter(dict.fromkeys(wanted))
        silences = 0

        async def work() -> None:
            nonlocal silences
            for paper_id, language in queue:
                try:
                    made = await self.make(paper_id, language, insisting=insisting)
                    silences = 0
                except (BudgetSpent, ModelUnusable) as error:
                    whole.stopped = str(error)
                    return
                except SourceUnavailable as error:
                    silences += 1
                    made = Made(paper_id, language, Outcome.UNAVAILABLE, (str(error),))
                    if silences >= MOST_SILENCES:
                        whole.stopped = str(error)
                whole.made.append(made)
                if progress is not None:
                    progress(made)
                if whole.stopped:
                    return

        await asyncio.gather(*(work() for _ in range(CONCURRENCY)))
        return whole

    async def close(self) -> None:
        """Stop asking, and release the claims."""
        await self._asked.close()
        await self._asked_again.close()

    async def _observed(self, paper_id: str, language: str, *, again: bool = False, insisting: bool = False) -> Made:
        """`_ask`, and what it tells of the model's health."""
        try:
            made = await self._ask(paper_id, language, again=again, insisting=insisting)
        except (SourceUnavailable, ModelUnusable) as error:
            refused = isinstance(error, ModelUnusable)
            self.health = self.health.failed(str(error), self._clock.now(), refused=refused)
            self._observer.summarized("refused" if refused else Outcome.UNAVAILABLE.value)
            raise
        if made.outcome is Outcome.MADE:
            self.health = self.health.worked()
        elif made.outcome is Outcome.UNUSABLE:
            self.health = self.health.failed(" ".join(made.reasons), self._clock.now())
        if made.outcome in {Outcome.MADE, Outcome.UNUSABLE}:
            self._observer.summarized(made.outcome.value)
        return made

    async def _ask(self, paper_id: str, language: str, *, again: bool = False, insisting: bool = False) -> Made:
        if self._model is None:
            return Made(paper_id, language, Outcome.NO_MODEL, ("No language model is set; see LLM_API_URL.",))
        version = self._model.prompt.version
        paper = await self._store.read(papers.paper, paper_id)
        if paper is None or not paper.abstract.strip():
            return Made(paper_id, language, Outcome.NO_SOURCE, ("There is no abstract to write from.",))
        if not again and not wants_model(paper, language, replacing=self._replacing):
            return Made(paper_id, language, Outcome.THERE)
        now = self._clock.now()
        key = (paper_id, language, version)
        claimed = await self._store.write(
            summaries.claim,
            *key,
            owner=self._owner,
            now=now,
            until=now + CLAIM,
            most_failures=MOST_FAILURES,
            again=again or insisting,
        )
        if not claimed:
            reason = "Another process is asking, or the model's answers could not be used; it is asked again later."
            return Made(paper_id, language, Outcome.BUSY, (reason,))
        failed_until = None
        try:
            written = await self._written(self._model, paper, language, again=again)
            if isinstance(written, Summary):
                now = self._clock.now()
                await self._store.write(summaries.save_summary, paper_id, written, version=CHECK_VERSION, now=now)
                return Made(paper_id, language, Outcome.MADE)
            failed_until = self._clock.now() + PATIENCE
            log.warning("a model's summary is not used", paper=paper_id, language=language, reasons=written)
            return Made(paper_id, language, Outcome.UNUSABLE, written)
        finally:
            await self._store.write(summaries.release, *key, owner=self._owner, failed_until=failed_until)

    async def _written(
        self, model: ChatCompletions, paper: Paper, language: str, *, again: bool
    ) -> Summary | tuple[str, ...]:
        """A summary that has passed the check, or why there is none: asked for twice, the second time with the reasons."""
        text = cut(await self._full_text.text(paper.id)) if self._full_text else ""
        wrong = [one for one in paper.summaries if one.language == language and REPORTED in one.reasons] if again else []
        faults: tuple[str, ...] = ()
        before, room = "", MOST_TOKENS
        if wrong:
            faults = ("A reader found it wrong. Read the text again, and write only what it says.",)
            before = json.dumps({"bullets": wrong[0].bullets}, ensure_ascii=False)
        for _ in range(2):
            written = await model.write(paper, language, text=text, faults=faults, before=before, room=room)
            if isinstance(written, Fault):
                faults, before = (written.reason,), ""
                if written.kind is Kind.REFUSED:
                    break
                if written.kind is Kind.TRUNCATED:
                    room *= 2
                continue
            bullets = written.summary.bullets
            verdict = await asyncio.to_thread(
                check, paper.title, paper.abstract, bullets, language, full_text=text, whole_source=True
            )
            if any(bullets == one.bullets for one in wrong):
                faults = ("It is the same that a reader found wrong.",)
            elif verdict.faithful:
                return written.summary
            else:
                faults = tuple(finding.text for finding in verdict.findings if finding.decisive)
            before = written.text
        return faults
