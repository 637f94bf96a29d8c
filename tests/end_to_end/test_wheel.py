"""The wheel, in an environment that knows nothing of this checkout: catalogues, SQL and the sample travel in it."""

import asyncio
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture(scope="module")
def command(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """`daily-papers` of a new environment: the built wheel, and this one's dependencies without the checkout."""
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    (wheel,) = folder.glob("*.whl")
    venv.create(folder / "venv", with_pip=False)
    python = folder / "venv" / "bin" / "python"
    site = Path(sysconfig.get_path("purelib", vars={"base": str(folder / "venv"), "platbase": str(folder / "venv")}))
    pip = [sys.executable, "-m", "pip", "--python", str(python), "install", "--no-deps", "--no-index", "--quiet"]
    subprocess.run([*pip, str(wheel)], check=True, capture_output=True)
    # A path in a .pth is searched, but the .pth files there, the editable checkout's among them, are not read.
    (site / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    where = subprocess.run(
        [python, "-c", "import bot; print(bot.__file__)"], cwd="/", check=True, capture_output=True, text=True
    )
    assert where.stdout.startswith(str(site))
    assert "bot/sample/day.json" in zipfile.ZipFile(wheel).namelist()
    return folder / "venv" / "bin" / "daily-papers"


def started(command: Path, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    settings = {"PATH": "/usr/bin:/bin", "HOME": str(folder), "LANG": "C.UTF-8", "HF_API_URL": "http://127.0.0.1:9"}
    return subprocess.run(
        [command, *arguments],
        cwd=folder,
        env=settings,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=90,
    )


async def test_the_first_run_without_network_shows_the_whole_sample_day(command: Path, tmp_path: Path):
    finished = await asyncio.to_thread(started, command, tmp_path, "run")
    assert finished.returncode == 0, finished.stderr
    assert "No token is set" in finished.stdout
    assert "could not be fetched" in finished.stdout
    assert "sample day" in finished.stdout
    assert "논문 10편" in finished.stdout
    assert finished.stdout.count("https://arxiv.org/abs/") == 10
    assert finished.stdout.count("•") == 30


async def test_python_dash_m_bot_is_the_command(command: Path, tmp_path: Path):
    finished = await asyncio.to_thread(started, command.parent / "python", tmp_path, "-m", "bot", "--help")
    assert finished.returncode == 0
    assert "subscribe" in finished.stdout or "digest" in finished.stdout
