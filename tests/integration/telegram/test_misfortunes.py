"""Whatever goes wrong, in whichever order: on Telegram no message of a digest is lost, and none that is recorded comes again.

A seed makes a story of three chats; `make misfortunes` tells hundreds of them.
"""

import pytest

from tests.integration.telegram.story import tell
from tests.integration.telegram.verdict import judge


@pytest.mark.parametrize("seed", range(24))
async def test_nothing_is_lost_and_nothing_recorded_comes_twice(tmp_path, monkeypatch, seed):
    judge(await tell(tmp_path, monkeypatch, seed))


@pytest.mark.long
@pytest.mark.parametrize("seed", range(24, 524))
async def test_in_five_hundred_more_stories_neither(tmp_path, monkeypatch, seed):
    judge(await tell(tmp_path, monkeypatch, seed))
