"""Subscribing by buttons, the panel, filters, pauses, previews and channels: talked through on both platforms, then delivered."""

from dataclasses import dataclass
from pathlib import Path

from tests.end_to_end.process import running
from tests.end_to_end.story import BEFORE_NINE, EVENING, PAPERS
from tests.end_to_end.test_lists import OnTelegram, house
from tests.fakes.discord.server import FakeDiscord
from tests.fakes.discord.world import FakeChannel, FakeMessage, FakeUser
from tests.fakes.telegram.server import FakeTelegram
from tests.fakes.telegram.world import Person, Room, SentMessage

COMPACT = "짧은 목록 하나"
VITAR = "ViTAR: Vision Transformer with Any Resolution"


@dataclass
class OnDiscord:
    """One person in one channel; `admin` there or not."""

    fake: FakeDiscord
    channel: FakeChannel
    user: FakeUser
    admin: bool = True

    async def asks(self, command: str, **options: str) -> FakeMessage:
        one = await self.fake.slash(self.channel, self.user, command, options, admin=self.admin, locale="ko")
        (message,) = await one.answered()
        return message

    async def writes(self, text: str) -> FakeMessage:
        before = len(self.channel.messages)
        await self.fake.says(self.channel, self.user, text)
        return (await self.fake.wait_for(self.channel, before + 1))[before]

    async def turns(self, message: FakeMessage, button: str) -> FakeMessage:
        """The message, once another stands in its place. A button is named without its mark."""
        (label,) = [label for label, _ in message.buttons if label.removeprefix("✓ ") == button]
        return await (await self.fake.presses(message, self.user, label, admin=self.admin, locale="ko")).edited()

    async def told(self, message: FakeMessage, button: str) -> str:
        one = await self.fake.presses(message, self.user, button, admin=self.admin, locale="ko")
        (notice,) = await one.answered()
        assert notice.ephemeral
        return notice.text


async def test_a_subscription_is_led_filtered_shown_and_delivered_on_both_platforms(tmp_path: Path):
    async with house(tmp_path) as (telegram, discord, story):
        minji, jun = telegram.person(7), telegram.person(8, name="Jun")
        ours, lab = telegram.channel("Ours", admins=(minji,)), telegram.supergroup("Lab", admins=(minji,))
        ours.username = "papers_of_ours"
        hers = OnTelegram(telegram, minji, minji)
        ada, channel = discord.user("ada"), discord.channel()
        assert channel.guild is not None
        far = discord.channel(channel.guild, name="far")
        channel.guild.admins.add(ada.id)
        there = OnDiscord(discord, channel, ada)
        async with running(tmp_path, story.at(EVENING)) as bot:
            await bot.wait_for_log("list fetched")
            steps = await is_led_on_telegram(hers)
            await types_a_city(hers)
            panel = await uses_the_panel_on_telegram(hers)
            await wants_less_of_it(hers)
            await pauses_and_looks_ahead(hers)
            await speaks_of_a_channel_on_telegram(hers, ours)
            await has_a_panel_in_a_group(telegram, lab, minji, jun)
            on_discord = await is_led_on_discord(there)
            await speaks_of_a_channel_on_discord(OnDiscord(discord, discord.dm(ada), ada), far)
            assert await bot.terminate() == 0
        heard = len(telegram.in_chat(minji))
        said = len(channel.messages)
        async with running(tmp_path, story.at(BEFORE_NINE)) as bot:
            await bot.wait_for_log("delivery ended", 30)
            await is_delivered(telegram, minji, ours, heard)
            await the_filtered_channel_is_told_once(discord, channel, said)
            assert len(await discord.wait_for(far, 11, 20)) == 11
            # --- Buttons of before the restart.
            assert "이 채팅의 설정" in (await hers.turns(steps, "설정")).text
            panel = await hers.turns(panel, "‹ 설정")
            panel = await hers.turns(panel, "시각")
            assert "시각: 09:00 → 08:00" in (await hers.turns(panel, "08:00")).text
            assert "이 채팅의 설정" in (await there.turns(on_discord, "설정")).text
            assert await bot.terminate() == 0


async def is_led_on_telegram(hers: OnTelegram) -> SentMessage:
    """Five questions in one message, which is edited."""
    steps = await hers.asks("/구독")
    assert "첫 소식은 3월 29일 (금) 09:00 (서울 시각)" in steps.text
    assert [row[0]["text"] for row in steps.keyboard] == ["✓ 한국어", "1/5"]
    assert "어떤 언어로 보내 드릴까요?" in steps.text
    heard = len(hers.fake.in_chat(hers.chat))
    steps = await hers.turns(steps, "›")
    steps = await hers.turns(steps, "✓ 09:00")
    steps = await hers.turns(steps, "✓ 토")
    assert "토" in steps.buttons
    steps = await hers.turns(steps, "›")
    steps = await hers.turns(steps, "5")
    steps = await hers.turns(steps, "로봇")
    steps = await hers.turns(steps, "완료")
    assert "월·화·수·목·금·일 09:00에 논문마다 메시지 하나로 보내 드립니다." in steps.text
    assert len(hers.fake.in_chat(hers.chat)) == heard
    return steps


async def types_a_city(hers: OnTelegram) -> None:
    steps = await hers.asks("/settings")
    await hers.turns(steps, "구독 취소")
    steps = await hers.asks("/subscribe")
    await hers.turns(steps, "›")
    before = len(hers.fake.in_chat(hers.chat))
    await hers.fake.says(hers.chat, hers.person, "파리")
    changed, following = (await hers.fake.wait_for(hers.chat, before + 2))[before:]
    assert "시간대: 서울 (Asia/Seoul, UTC+9) → 파리 (Europe/Paris, UTC+1)" in changed.text
    assert "어느 요일에" in following.text
    assert "→ 서울 (Asia/Seoul, UTC+9)" in (await hers.asks("/settings zone Seoul")).text


async def uses_the_panel_on_telegram(hers: OnTelegram) -> SentMessage:
    """Everything by buttons, in one message; what is typed works beside it."""
    panel = await hers.asks("/설정")
    panel = await hers.turns(panel, "하루 편수")
    panel = await hers.turns(panel, "전체")
    assert "하루 편수: 추천이 많은 5편 → 전체" in panel.text
    panel = await hers.turns(panel, "형태")
    panel = await hers.turns(panel, COMPACT)
    panel = await hers.turns(panel, "형태")
    panel = await hers.turns(panel, "논문마다 메시지 하나")
    panel = await hers.turns(panel, "필터")
    panel = await hers.turns(panel, "필터 모두 해제")
    assert "필터가 없습니다." in panel.text
    answer = await hers.asks('/필터 resolution, "gaussian splatting zeppelin" votes:>0')
    assert "2024-03-28 (목) 논문 10편 가운데" in answer.text
    assert VITAR in answer.text
    answer = await hers.turns(answer, '✕ "gaussian splatting…')
    assert "zeppelin" not in answer.text
    assert "읽을 수 없" in (await hers.asks("/pause 언젠가")).text
    return panel


async def wants_less_of_it(hers: OnTelegram) -> None:
    """A topic of a paper is left out by a tap, and taken back by another."""
    paper = await hers.asks(f"/paper {PAPERS[0]}")
    offer = await hers.opens(paper, "이런 논문 덜 보기")
    topic = next(iter(offer.buttons))
    offer = await hers.turns(offer, topic)
    assert f"✓ {topic}" in offer.buttons
    assert "제외: " in offer.text
    offer = await hers.turns(offer, f"✓ {topic}")
    assert topic in offer.buttons
    await hers.asks("/filter resolution")


async def pauses_and_looks_ahead(hers: OnTelegram) -> None:
    paused = await hers.asks("/pause 2주")
    assert "다음 소식은 4월 12일 (금) 09:00 (서울 시각)" in paused.text
    await hers.turns(paused, "일시중지 해제")
    assert "일시중지 상태가 아닙니다." in (await hers.asks("/resume")).text
    ahead = await hers.asks("/preview")
    assert "미리보기 · 2024-03-28 (목)" in ahead.text
    assert "논문 10편 가운데 1편" in ahead.text
    assert ahead.links == [f"https://arxiv.org/abs/{PAPERS[0]}"]


async def speaks_of_a_channel_on_telegram(hers: OnTelegram, ours: Room) -> None:
    """From the private chat; the channel itself reads nothing of it."""
    refused = await hers.asks("/subscribe @papers_of_others 09:00")
    assert "@papers_of_others의 설정은 바꿀 수 없습니다." in refused.text
    order = await hers.asks("/subscribe @papers_of_ours 09:00 Seoul")
    assert "Ours 구독을 시작했습니다" in order.text
    panel = await hers.turns(order, "설정")
    assert "Ours의 설정" in panel.text
    panel = await hers.turns(panel, "하루 편수")
    panel = await hers.turns(panel, "3")
    assert hers.fake.in_chat(ours) == []


async def has_a_panel_in_a_group(telegram: FakeTelegram, lab: Room, minji: Person, jun: Person) -> None:
    """Its asker and the admins move it, and only admins change anything."""
    his, hers = OnTelegram(telegram, lab, jun), OnTelegram(telegram, lab, minji)
    panel = await his.asks("/settings@DailyPapersBot")
    panel = await his.turns(panel, "시각")
    assert "관리자만" in await his.presses(panel, "18:00")
    panel = await hers.turns(panel, "18:00")
    assert "시각: 18:00" in panel.text
    other = await hers.asks("/settings@DailyPapersBot")
    assert "물어본 분만" in await his.presses(other, "시각")


async def is_led_on_discord(there: OnDiscord) -> FakeMessage:
    """The same questions, in a channel; the panel is the asker's alone, and so is the filter."""
    steps = await there.asks("subscribe")
    assert "어떤 언어로 보내 드릴까요?" in steps.text
    steps = await there.turns(steps, "›")
    steps = await there.turns(steps, "09:00")
    steps = await there.turns(steps, "월–금")
    steps = await there.turns(steps, "›")
    done = await there.turns(steps, "완료")
    assert "월–금 09:00에" in done.text
    panel = await there.asks("settings")
    assert panel.ephemeral
    panel = await there.turns(panel, "최소 추천 수")
    panel = await there.turns(panel, "5")
    assert "최소 추천 수: 5" in panel.text
    filters = await there.asks("filter", words="zeppelin")
    assert filters.ephemeral
    assert "10편 가운데 0편이 통과합니다." in filters.text
    assert "한 번만" in filters.text
    nobody = OnDiscord(there.fake, there.channel, there.fake.user("bo"), admin=False)
    assert "관리자만" in (await nobody.asks("filter", words="robots")).text
    assert "물어본 분만" in await nobody.told(done, "설정")
    paused = await there.asks("pause", until="2주")
    await there.turns(paused, "일시중지 해제")
    ahead = await there.asks("preview")
    assert ahead.ephemeral
    assert "필터를 통과한 논문이 없습니다." in ahead.text
    paper = await there.asks("paper", id=PAPERS[0])
    one = await there.fake.presses(paper, there.user, "이런 논문 덜 보기", admin=True, locale="ko")
    (offer,) = await one.answered()
    assert offer.ephemeral
    topic = offer.buttons[0][0]
    assert "제외: " in (await there.turns(offer, topic)).text
    return done


async def speaks_of_a_channel_on_discord(alone: OnDiscord, far: FakeChannel) -> None:
    order = await alone.writes(f"/subscribe <#{far.id}> 09:00 Seoul")
    assert "#far · Reading group" in order.text
    panel = await alone.turns(order, "설정")
    assert "#far · Reading group" in panel.text
    assert far.messages == []


async def is_delivered(telegram: FakeTelegram, minji: Person, ours: Room, heard: int) -> None:
    """What passes the filter; to the channel the three best."""
    digest = (await telegram.wait_for(minji, heard + 2, seconds=20))[heard:]
    assert "논문 10편 가운데 1편" in digest[0].text
    assert [link.rsplit("/", 1)[1] for link in digest[1].links[:1]] == PAPERS[:1]
    assert len(digest) == 2
    assert len(await telegram.wait_for(ours, 4, seconds=20)) == 4


async def the_filtered_channel_is_told_once(discord: FakeDiscord, channel: FakeChannel, said: int) -> None:
    (told,) = (await discord.wait_for(channel, said + 1, 20))[said:]
    assert "필터를 통과한 논문이 없습니다." in told.text
    assert "한 번만" in told.text
