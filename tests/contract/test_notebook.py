"""A stranger's package adds a platform: installed by pip, found by its entry point, served by the program as it is."""

import asyncio
from pathlib import Path

import pytest

from bot.clock import Clock
from bot.plugins import load_adapters
from bot.settings import Settings
from bot.store.connection import open_store
from tests.contract.platforms import notebook_pages
from tests.contract.reading import Shown
from tests.end_to_end.process import running
from tests.end_to_end.story import BEFORE_NINE, EVENING, PAPERS
from tests.fakes.hub import Hub


def found(folder: Path, environment: dict[str, str]) -> set[str]:
    with open_store(folder / "adapters.db") as store:
        return set(load_adapters(Settings(environment=environment), store, Clock().now, ()))


@pytest.mark.usefixtures("notebook_installed")
def test_an_installed_package_is_found_when_its_setting_is_there(tmp_path: Path):
    assert found(tmp_path, {"NOTEBOOK_FILE": str(tmp_path / "n.txt")}) == {"notebook", "terminal"}
    assert found(tmp_path, {}) == {"terminal"}


def test_what_is_not_installed_is_not_found(tmp_path: Path):
    assert found(tmp_path, {"NOTEBOOK_FILE": str(tmp_path / "n.txt")}) == {"terminal"}


async def test_the_program_serves_it_with_answers_and_the_digest_at_its_hour(notebook_site: Path, tmp_path: Path):
    file = tmp_path / "notebook.txt"

    async def written(count: int, seconds: float = 20) -> list[Shown]:
        async with asyncio.timeout(seconds):
            while len(notebook_pages(file)) < count:
                await asyncio.sleep(0.05)
        return notebook_pages(file)

    async with Hub() as hub:
        settings = {"HF_API_URL": hub.url, "PYTHONPATH": str(notebook_site), "NOTEBOOK_FILE": str(file)}
        async with running(tmp_path, settings | {"CLOCK": EVENING}) as bot:
            await bot.wait_for_log("list fetched")
            file.with_suffix(".in").write_text("/today\n", encoding="utf-8")
            today = await written(11)
            assert "2024-03-28" in today[0].text
            assert [page.links[0].rsplit("/", 1)[1] for page in today[1:]] == PAPERS
            file.with_suffix(".in").write_text("/subscribe 09:00 Asia/Seoul\n", encoding="utf-8")
            assert "09:00" in (await written(12))[11].text
            assert await bot.terminate() == 0
        async with running(tmp_path, settings | {"CLOCK": BEFORE_NINE}) as bot:
            digest = (await written(23, 30))[12:]
            await bot.wait_for_log("delivery ended")
            assert await bot.terminate() == 0
    assert "2024-03-28" in digest[0].text
    assert [page.links[0].rsplit("/", 1)[1] for page in digest[1:]] == PAPERS
