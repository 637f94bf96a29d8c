"""What is suggested while somebody fills in a command's form."""

import asyncio
from collections.abc import AsyncIterator, Sequence

import pytest

from adapters.discord.autocomplete import choices_of
from adapters.discord.commands import registration
from bot.ports import AdapterContext, ArgumentSpec, CommandSpec, Completion, Suggestion
from tests.fakes.discord import FakeDiscord
from tests.fakes.discord.limits import ApiError, check_commands, check_suggestions
from tests.unit.discord.conftest import Asked, address, listening

PAPER = CommandSpec(
    name="paper",
    description={"en": "A paper"},
    names={"ko": "논문", "ja": "論文", "zh-Hans": "论文", "en": "paper", "xx": "x"},
    arguments=(
        ArgumentSpec(name="id", description={"en": "Its id"}, required=True, suggests=True),
        ArgumentSpec(name="lang", description={"en": "Language"}),
    ),
)


class Suggesting(Asked):
    """Suggests what was typed, once `gate` is open."""

    def __init__(self) -> None:
        super().__init__()
        self.completions: list[Completion] = []
        self.gate = asyncio.Event()
        self.gate.set()

    async def suggestions(self, completion: Completion) -> Sequence[Suggestion]:
        self.completions.append(completion)
        await self._notify()
        await self.gate.wait()
        return [Suggestion(f"id-{completion.typed}", f"A paper of {completion.typed}")]


@pytest.fixture
async def suggesting(fake: FakeDiscord) -> AsyncIterator[Suggesting]:
    from adapters.discord.adapter import DiscordAdapter

    made, inbox = DiscordAdapter(AdapterContext(environment=fake.environment(), commands=(PAPER,))), Suggesting()
    await made.open()
    async with listening(made, inbox):
        await fake.gateway.ready()
        yield inbox


async def test_what_is_typed_is_completed(fake: FakeDiscord, suggesting: Suggesting):
    channel, ada = fake.channel(), fake.user("ada")
    typing = await fake.completes(channel, ada, "paper", "id", "vit", {"lang": "ko"}, locale="ko")
    assert await typing.completed() == {"A paper of vit": "id-vit"}
    (completion,) = suggesting.completions
    assert (completion.command, completion.argument, completion.typed) == ("paper", "id", "vit")
    assert (completion.given, completion.language, completion.person) == ({"lang": "ko"}, "ko", ada.id)
    assert completion.address == address(channel)
    assert suggesting.requests == []


async def test_only_the_newest_stroke_of_a_person_is_answered(fake: FakeDiscord, suggesting: Suggesting):
    channel, ada, eve = fake.channel(), fake.user("ada"), fake.user("eve")
    suggesting.gate.clear()
    strokes = [await fake.completes(channel, ada, "paper", "id", text) for text in ("v", "vi", "vit")]
    other = await fake.completes(channel, eve, "paper", "id", "mamba")
    await suggesting.until(lambda: {one.typed for one in suggesting.completions} >= {"v", "mamba"})
    suggesting.gate.set()
    assert await strokes[-1].completed() == {"A paper of vit": "id-vit"}
    assert await other.completed() == {"A paper of mamba": "id-mamba"}
    assert [one.choices for one in strokes[:2]] == [None, None]
    assert sorted(one.typed for one in suggesting.completions) == ["mamba", "v", "vit"]


def test_only_choices_that_discord_takes_are_offered():
    given = [Suggestion(str(number), f"label {number}") for number in range(40)]
    odd = [Suggestion("x" * 101, "too long"), Suggestion("", "none"), Suggestion("a", "\u202e"), Suggestion("b", "l" * 300)]
    check_suggestions({"choices": choices_of(given)})
    assert len(choices_of(given)) == 25
    (kept,) = choices_of(odd)
    assert (kept["value"], len(kept["name"])) == ("b", 100)
    check_suggestions({"choices": [kept]})
    assert choices_of([given[0], given[0]]) == [{"name": "label 0", "value": "0"}]


def test_the_fake_refuses_what_discord_refuses():
    for choices in ([{"name": "", "value": "a"}], [{"name": "a", "value": ""}], [{"name": "a", "value": "b"}] * 26):
        with pytest.raises(ApiError):
            check_suggestions({"choices": choices})
    (made,) = registration([PAPER])
    for wrong in ({"name_localizations": {"ko": "논 문"}}, {"name_localizations": {"kr": "논문"}}, {"contexts": [3]}):
        with pytest.raises(ApiError):
            check_commands([made | wrong])
    with pytest.raises(ApiError, match="unique"):
        check_commands([made, made | {"name": "논문", "name_localizations": {}}])


def test_a_command_is_called_as_each_language_calls_it():
    (made,) = registration([PAPER])
    assert made["name_localizations"] == {"ko": "논문", "ja": "論文", "zh-CN": "论文", "zh-TW": "论文"}
    assert [option.get("autocomplete", False) for option in made["options"]] == [True, False]
    check_commands([made])


async def test_a_command_typed_by_its_name_in_ones_language_is_the_same_command(fake: FakeDiscord, suggesting: Suggesting):
    typed = await fake.slash(fake.channel(), fake.user("ada"), "논문", {"id": "2403.18361"}, locale="ko")
    await typed.answered()
    assert [request.text for request in suggesting.requests] == ["/paper 2403.18361"]


@pytest.mark.parametrize("name", ["논 문", "Paper", "論" * 33, "/論文", ""])
def test_a_name_that_discord_would_refuse_is_left_out(name: str):
    (made,) = registration([CommandSpec(name="paper", description={"en": "A paper"}, names={"ja": name})])
    assert "name_localizations" not in made
    check_commands([made])
