"""What a person sees at the terminal, and what a pipe gets."""

import contextlib
import io
import os
from dataclasses import replace

import pytest
from rich.cells import cell_len
from rich.console import Console

from adapters.terminal.chat import ADDRESS, TerminalAdapter
from bot.digest.compose import compose_day
from bot.message import NESTED, Button, Entry, Message
from bot.model import Choice, Shape
from bot.ports import Outcome, Request, Sent, Unreachable
from bot.sample import sample_day

DAY, PAPERS = sample_day()


async def shown(*messages: Message, terminal: bool, width: int = 80, **console: object) -> str:
    written = io.StringIO()
    adapter = TerminalAdapter(
        Console(file=written, force_terminal=terminal, width=width, highlight=False, emoji=False, **console)  # type: ignore[arg-type]
    )
    await adapter.open()
    for message in messages:
        assert isinstance(await adapter.send(ADDRESS, message), Sent)
    await adapter.close()
    return written.getvalue()


async def test_a_pipe_gets_plain_lines_with_addresses_written_out():
    output = await shown(*compose_day(DAY, PAPERS, Choice()), terminal=False)
    assert "\x1b" not in output
    assert "ViTAR: Vision Transformer with Any Resolution\n  https://arxiv.org/abs/2403.18361\n" in output
    assert "PDF: https://arxiv.org/pdf/2403.18361\n" in output


async def test_a_bullet_under_another_stands_further_in():
    output = await shown(Message(heading="T", bullets=("Three sizes:", f"{NESTED}8B " + "word " * 30)), terminal=False)
    assert "• Three sizes:\n    ◦ 8B word" in output
    assert "\n      word" in output


async def test_a_terminal_gets_hyperlinks():
    output = await shown(compose_day(DAY, PAPERS, Choice())[1], terminal=True)
    assert "\x1b]8;" in output
    assert "https://arxiv.org/abs/2403.18361" in output


async def test_no_color_keeps_the_words_and_drops_the_colours(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("NO_COLOR", "1")
    output = await shown(compose_day(DAY, PAPERS, Choice())[1], terminal=True)
    assert "[36m" not in output
    assert ";36" not in output
    assert "ViTAR" in output


@pytest.mark.parametrize("width", [40, 80, 120])
async def test_no_line_is_wider_than_the_terminal_with_korean_in_it(width: int):
    for shape in Shape:
        output = await shown(*compose_day(DAY, PAPERS, Choice(shape=shape)), terminal=False, width=width)
        assert all(cell_len(line) <= max(width, 44) for line in output.splitlines() if "https://" not in line)


async def test_votes_of_a_list_stand_in_one_column():
    output = await shown(*compose_day(DAY, PAPERS, Choice(shape=Shape.COMPACT)), terminal=False, width=100)
    rows = [line for line in output.splitlines() if "👍" in line]
    assert len(rows) == 10
    assert len({cell_len(row.rstrip()) for row in rows}) == 1


async def test_a_title_cannot_move_the_cursor():
    hostile = Message(
        heading="A \x1b[2J\x1b]0;owned\x07 title\u202e", bullets=("b\x9b31mad",), link="https://arxiv.org/abs/1"
    )
    output = await shown(hostile, terminal=False)
    assert "\x1b" not in output
    assert "\x07" not in output
    assert "\x9b" not in output
    assert "\u202e" not in output


async def test_markup_of_rich_in_a_title_is_only_text():
    paper = replace(PAPERS[0], title="[red]Not red[/red] :smile:")
    output = await shown(*compose_day(DAY, [paper], Choice()), terminal=False)
    assert "[red]Not red[/red] :smile:" in output


async def test_a_terminal_that_is_not_utf8_loses_characters_not_papers():
    written = io.BytesIO()
    with io.TextIOWrapper(written, encoding="euc-kr") as file:
        adapter = TerminalAdapter(Console(file=file, width=80, highlight=False, emoji=False))
        assert isinstance(await adapter.send(ADDRESS, Message(heading="논문 👍 24", bullets=("첫째",))), Sent)
        assert "논문 ? 24" in written.getvalue().decode("euc-kr")


async def test_the_chat_ends_when_nobody_reads_its_pipe_any_more():
    heard: list[Outcome] = []

    class Inbox:
        async def ask(self, request: Request) -> None:
            heard.append(await request.reply(Message(heading=request.text)))

    reading, writing = os.pipe()
    os.close(reading)
    file = open(writing, "w", encoding="utf-8")  # noqa: SIM115, PTH123 - a pipe, whose last line stays unwritten
    adapter = TerminalAdapter(Console(file=file, width=80), io.StringIO("/today\n/today\n/today\n"))
    await adapter.listen(Inbox())  # type: ignore[arg-type]
    assert heard == [Unreachable("the reader of standard output is gone")]
    with contextlib.suppress(BrokenPipeError):
        file.close()


async def test_a_button_that_comes_back_is_a_number_to_type():
    pressed: list[Request] = []

    class Inbox:
        async def ask(self, request: Request) -> None:
            pressed.append(request)
            if request.action and request.edit and request.notice:
                await request.edit(Message(heading="Page 2"))
                await request.notice("Thank you.")
            else:
                await request.reply(
                    Message(heading="Paper", buttons=(Button("Next", action="p:2"), Button("A", "https://a")))
                )

    written, typed = io.StringIO(), io.StringIO("/paper 1\n/paper 1\n/!1\n/!2\n/!0\n/!x\n")
    adapter = TerminalAdapter(Console(file=written, width=80), typed)
    await adapter.listen(Inbox())  # type: ignore[arg-type]
    assert [(request.action, request.text) for request in pressed] == [
        ("", "/paper 1"), ("", "/paper 1"), ("p:2", ""), ("", "/!2"), ("", "/!0"), ("", "/!x"),
    ]  # fmt: skip
    assert written.getvalue().count("Next: /!1\n") == 5
    assert "Page 2\n" in written.getvalue()
    assert "Thank you.\n" in written.getvalue()


async def test_a_lists_numbers_and_arrows_are_typed_alone_and_speak_of_the_last_list():
    pressed: list[str] = []

    def page(first: int) -> Message:
        numbers = [Button(str(number), action=f"o:{number}") for number in (first, first + 1)]
        entries = tuple(Entry(number=first + place, title="T", link="https://a.example") for place in (0, 1))
        turning = [Button("‹", action=f"p:{first - 2}", row=1), Button("2/3", action="n", row=1)]
        turning.append(Button("›", action=f"p:{first + 2}", row=1))
        return Message(heading="List", entries=entries, buttons=(*numbers, *turning))

    class Inbox:
        async def ask(self, request: Request) -> None:
            pressed.append(request.action or request.text)
            if request.action.startswith("p:") or request.text == "/top":
                await request.reply(page(int(request.action[2:] or 1) if request.action else 1))

    written, typed = io.StringIO(), io.StringIO("1\n/top\n2\n9\n>\n2\n3\n<\n/!1\n2/3\n")
    await TerminalAdapter(Console(file=written, width=80), typed).listen(Inbox())  # type: ignore[arg-type]
    assert pressed == ["1", "/top", "o:2", "9", "p:3", "2", "o:3", "p:1", "/!1", "2/3"]
    assert "‹: < · 2/3 · ›: >\n" in written.getvalue()
    assert "o:1" not in written.getvalue()


@pytest.mark.parametrize("terminal", [True, False])
async def test_where_nobody_can_type_no_number_is_shown(terminal: bool):
    output = await shown(Message(heading="Paper", buttons=(Button("Next", action="p:2"),)), terminal=terminal)
    assert "Next" not in output
