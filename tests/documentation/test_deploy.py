"""What stands in deploy/ agrees with the program, with itself, and with the pages that lead through it."""

import configparser
import fnmatch
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from bot.errors import SettingsError
from bot.settings import Settings
from tests.documentation.reading import DOCS, ROOT, page

DEPLOY = ROOT / "deploy"
DOCKERFILE = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
COMPOSE = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))["services"]["bot"]
UNITS = sorted(DEPLOY.glob("*.service"))
# Exposure of the unit as systemd 252 counts it is 1.1 of 10; later versions know of more to switch off.
_MOST_EXPOSED = 20


def unit(path: Path) -> configparser.ConfigParser:
    """A unit; of a key that stands there several times the last."""
    parsed = configparser.ConfigParser(strict=False, interpolation=None)
    # Keys are told apart by their letters' case.
    parsed.optionxform = str  # type: ignore[method-assign,assignment]  # as its documentation says
    parsed.read(path, encoding="utf-8")
    return parsed


def test_the_image_runs_as_nobody_in_particular_and_writes_in_its_volume_alone():
    assert re.findall(r"^USER (\S+)$", DOCKERFILE, re.MULTILINE) == ["10001:10001"]
    assert re.search(r"--uid 10001\b", DOCKERFILE)
    assert re.search(r"^VOLUME /data$", DOCKERFILE, re.MULTILINE)
    assert re.search(r"^WORKDIR /data\nVOLUME", DOCKERFILE, re.MULTILINE)


def test_the_image_is_made_from_what_may_be_copied_and_nothing_else():
    lines = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    allowed = {line.removeprefix("!") for line in lines if line.startswith("!")}
    assert lines[1] == "*"
    assert all((ROOT / name).exists() for name in allowed)
    # What the wheel is built from, and what the Dockerfile names.
    assert {"bot", "adapters", "pyproject.toml", "README.md", "LICENSE", "constraints.txt"} == allowed
    assert not any(fnmatch.fnmatch(secret, one) for secret in (".env", "daily-papers.db") for one in allowed)


def test_settings_of_the_image_are_settings_and_compose_sets_the_same():
    block = re.search(r"^ENV PATH=.*?[^\\]\n", DOCKERFILE, re.MULTILINE | re.DOTALL)
    assert block is not None
    of_the_image = dict(re.findall(r"([A-Z_]+)=(\S+)", block[0]))
    ours = {name: value for name, value in of_the_image.items() if not name.startswith(("PATH", "PYTHON"))}
    assert {name.lower() for name in ours} <= set(Settings.model_fields)
    # Compose says them again: an empty `WEB_PORT=` of a copied .env would win over the image's.
    assert COMPOSE["environment"] == ours
    assert COMPOSE["ports"] == [f"127.0.0.1:8080:{ours['WEB_PORT']}"]
    assert COMPOSE["volumes"] == ["data:/data"]
    assert all(f"--env {name}={value}" in page("deploy/docker.md") for name, value in ours.items())


def test_compose_builds_the_dockerfile_and_takes_what_a_container_does_not_need():
    assert (DEPLOY / COMPOSE["build"]["context"] / COMPOSE["build"]["dockerfile"]).is_file()
    assert COMPOSE["read_only"]
    assert COMPOSE["cap_drop"] == ["ALL"]
    assert COMPOSE["security_opt"] == ["no-new-privileges:true"]
    assert (DEPLOY / COMPOSE["env_file"]).resolve() == ROOT / ".env"


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.name)
def test_a_unit_starts_the_program_where_its_page_installs_it(path: Path):
    service = unit(path)["Service"]
    program = service["ExecStart"].split()[0]
    assert program == "/opt/daily-papers/bin/daily-papers"
    assert f"{program} --version" in page("deploy/systemd.md")
    assert service["WorkingDirectory"] == "/var/lib/daily-papers"
    assert f"--home-dir {service['WorkingDirectory']} " in page("deploy/systemd.md")
    assert service["User"] == service["Group"] == "daily-papers"


def test_the_unit_is_not_started_again_and_again_over_settings_that_cannot_be_used():
    assert unit(DEPLOY / "daily-papers.service")["Service"]["RestartPreventExitStatus"] == str(SettingsError.exit_status)


def test_the_unit_sees_the_boot_id_by_which_leases_are_known():
    """ProcSubset=pid hides /proc/sys/kernel/random/boot_id, which bot/delivery/leases.py reads."""
    assert "ProcSubset" not in unit(DEPLOY / "daily-papers.service")["Service"]


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="there is no systemd-analyze here")
def test_systemd_finds_the_unit_little_exposed():
    asked = ["systemd-analyze", "security", "--offline=true", f"--threshold={_MOST_EXPOSED}"]
    told = subprocess.run(
        [*asked, str(DEPLOY / "daily-papers.service")], capture_output=True, text=True, check=False, timeout=60
    )
    assert told.returncode == 0, told.stdout + told.stderr


def test_every_way_to_run_it_has_its_page_with_a_way_up_and_a_way_back():
    for name in ("docker", "compose", "systemd"):
        text = (DOCS / "deploy" / f"{name}.md").read_text(encoding="utf-8")
        assert re.search(r"^## Upgrade$", text, re.MULTILINE)
        assert re.search(r"^## Roll back$", text, re.MULTILINE)
