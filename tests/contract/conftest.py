"""The platforms as fixtures, and the notebook's package installed for real."""

import importlib
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.contract.platforms import NETWORKS, PLATFORMS, Network, Platform

PACKAGE = Path(__file__).resolve().parent / "notebook"


@pytest.fixture(scope="session")
def notebook_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder into which pip has installed the notebook, as anybody installs a package."""
    target = tmp_path_factory.mktemp("site")
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-index", "--no-deps"]
    subprocess.run([*pip, "--no-build-isolation", "--target", str(target), str(PACKAGE)], check=True)
    return target


@pytest.fixture
def notebook_installed(notebook_site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(notebook_site))
    importlib.invalidate_caches()


@pytest.fixture(params=PLATFORMS)
async def platform(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Platform]:
    """Each platform in turn; its adapter is not open yet."""
    if request.param == "notebook":
        request.getfixturevalue("notebook_installed")
    async with PLATFORMS[request.param](tmp_path) as one:
        yield one
        await one.adapter.close()


@pytest.fixture
async def chat(platform: Platform) -> Platform:
    """Each platform in turn, with its adapter open."""
    await platform.adapter.open()
    return platform


@pytest.fixture(params=NETWORKS)
async def network(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Network]:
    """Each platform that is somewhere else, with its adapter open."""
    async with NETWORKS[request.param](tmp_path) as one:
        await one.adapter.open()
        yield one
        await one.adapter.close()
