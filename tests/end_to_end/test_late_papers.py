"""The installed program over days: late papers on top of the next digest, and after days off every day in its order."""

import datetime as dt
from pathlib import Path

from tests.end_to_end.process import running
from tests.end_to_end.story import BEFORE_NINE, PAPERS
from tests.end_to_end.test_operator import House
from tests.fakes.hub import SEED_DAY, Hub, entry, invented_list
from tests.fakes.telegram.server import FakeTelegram


def day(number: int) -> dt.date:
    return SEED_DAY + dt.timedelta(days=number)


async def test_a_late_paper_comes_with_the_next_digest_and_days_off_come_in_their_order(tmp_path: Path):
    async with FakeTelegram() as fake, Hub() as hub:
        house = House(tmp_path, hub, fake)
        await house.subscribe()
        async with running(tmp_path, house.at(BEFORE_NINE)) as bot:
            await bot.wait_for_log("delivery ended")
            assert await bot.terminate() == 0
        assert house.digests() == [None, *PAPERS]

        late = entry("2403.28999", "A Paper That Came Late", votes=3)
        hub.days[SEED_DAY] = [*hub.days[SEED_DAY], late]
        # It stands on the next list too; it belongs to the first.
        hub.days[day(1)] = [*invented_list(day(1), 2), late]
        hub.today = day(1)
        async with running(tmp_path, house.at("2024-03-29T23:59:57Z")) as bot:
            await bot.wait_for_log("delivery ended")
            assert await bot.terminate() == 0
        assert house.digests()[11:] == [None, "2403.28999", "2403.29001", "2403.29002"]
        story = house.stories[0]
        texts = [message.text for message in fake.in_chat(7)[story.heard + 11 :]]
        assert "On top, 1 paper that came late to the list of 2024-03-28." in texts[0]
        assert "late, from 2024-03-28 · 👍 3" in texts[1]
        assert not any("late" in text for text in texts[2:])

        hub.days |= {day(4): invented_list(day(4), 3), day(5): invented_list(day(5), 2), day(6): invented_list(day(6), 1)}
        hub.today = day(7)
        before = len(fake.in_chat(7))
        async with running(tmp_path, house.at("2024-04-04T00:00:05Z")) as bot:
            await bot.wait_for_log("filling gaps")
            await bot.wait_for_log('"day": "2024-04-03", "messages": 2')
            assert await bot.terminate() == 0
        headings = [message.text.split("\n")[0] for message in fake.in_chat(7)[before:]]
        named = [heading[15:25] for heading in headings if heading.startswith("Daily Papers · ")]
        assert named == ["2024-04-01", "2024-04-02", "2024-04-03"]
