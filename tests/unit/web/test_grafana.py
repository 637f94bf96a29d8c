"""deploy/grafana.json draws what /metrics tells: every metric that it names is there with its labels, and none is left out."""

import json
import re
from pathlib import Path

import pytest

from bot.delivery.subscribing import subscribe
from bot.observing import Ended, Purpose
from bot.ports import Sent
from bot.store import usage
from bot.summaries.checking import CHECK_VERSION
from tests.new_store import new_store
from tests.unit.delivery.scene import order, put_chat, put_day
from tests.unit.web.test_health import NOW, Scene

BOARD = json.loads((Path(__file__).resolve().parents[3] / "deploy" / "grafana.json").read_text(encoding="utf-8"))
PANELS = [panel for panel in BOARD["panels"] if panel["type"] != "row"]
EXPRESSIONS = [target["expr"] for panel in PANELS for target in panel["targets"]]
# A metric, the labels that are asked of it and, around it, those that it is summed by.
METRIC = re.compile(
    r"(?:by \((?P<by>[\w, ]+)\) \((?:\w+\()?)?(?P<name>\b(?:daily_papers|process)_\w+)(?:\{(?P<asked>[^}]*)\})?"
)
# What Prometheus itself adds to what it scrapes, or a histogram has.
ADDED = {"instance", "le"}


@pytest.fixture
async def exposed(tmp_path):
    """Every metric with its labels, of a bot of which everything is known."""
    with new_store(tmp_path / "store.db") as store:
        scene = Scene(store, tmp_path / "store.db")
        store.write_now(fill)
        counting = scene.counting
        counting.sent("telegram", Purpose.DIGEST, Sent("1"))
        counting.delivery_ended("telegram", Ended.DONE)
        counting.fetched("fetched")
        counting.summarized("made")
        counting.answered("telegram", "today", 0.1)
        text = (await scene.client.get("/metrics")).text
    labels: dict[str, set[str]] = {}
    for name, written in re.findall(r"^(\w+)(?:\{(.*)\})? \S+$", text, re.MULTILINE):
        labels.setdefault(name, set()).update(re.findall(r"(\w+)=", written))
    return labels


def fill(connection):
    put_day(connection, "2024-03-28", now=NOW)
    subscribe(connection, put_chat(connection), order(), now=NOW, settle_hour=12)
    usage.add(connection, usage.Usage(day=NOW.date(), model="m", calls=1))
    connection.execute(
        "INSERT INTO summary (paper_key, language, source, bullets, created_at, checked_version) "
        "SELECT key, 'ko', 'model', '[]', '', ? FROM paper LIMIT 1",
        (CHECK_VERSION,),
    )
    alarm = '{"since": "", "detail": {}, "over": false, "told": []}'
    connection.execute("INSERT INTO key_value VALUES ('alarms', 'disk', ?)", (alarm,))


@pytest.mark.parametrize("expression", EXPRESSIONS, ids=range(len(EXPRESSIONS)))
def test_every_metric_of_the_board_is_exposed_with_the_labels_that_are_asked_of_it(exposed, expression):
    found = list(METRIC.finditer(expression))
    assert found
    for match in found:
        assert match["name"] in exposed
        asked = set(re.findall(r"(\w+)=", match["asked"] or "")) | set(re.findall(r"\w+", match["by"] or ""))
        assert asked <= exposed[match["name"]] | ADDED


def test_whatever_of_the_bot_is_exposed_is_on_the_board(exposed):
    shown = {match["name"] for expression in EXPRESSIONS for match in METRIC.finditer(expression)}
    ours = {name for name in exposed if name.startswith("daily_papers_") and not name.endswith(("_created", "_sum"))}
    assert ours - shown == set()


def test_panels_have_numbers_of_their_own_and_do_not_lie_upon_each_other():
    assert len({panel["id"] for panel in BOARD["panels"]}) == len(BOARD["panels"])
    taken: set[tuple[int, int]] = set()
    for panel in BOARD["panels"]:
        at = panel["gridPos"]
        fields = {(x, y) for x in range(at["x"], at["x"] + at["w"]) for y in range(at["y"], at["y"] + at["h"])}
        assert not fields & taken
        assert max(x for x, _ in fields) < 24
        taken |= fields


def test_the_data_source_is_chosen_where_the_board_is_opened():
    assert {panel["datasource"]["uid"] for panel in PANELS} == {"${datasource}"}
    assert [one["name"] for one in BOARD["templating"]["list"]] == ["datasource", "instance"]
