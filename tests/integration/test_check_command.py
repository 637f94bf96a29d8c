"""`daily-papers check`: the command as a process of its own, over a real store."""

import json
import os
import subprocess
import sys

import pytest

PAPERS = (
    {
        "id": "2403.00001",
        "date": "2024-03-28",
        "title": "OtterMap: Counting River Otters from Drone Video",
        "authors": [],
        "abstract": "Counting river otters is slow. We present OtterMap, which counts them in drone video with 91.4% precision.",
        "upvotes": 1,
        "summaries": {
            "ko": ["OtterMap은 드론 영상에서 수달을 셉니다.", "정밀도는 91.4%입니다.", "수달 조사가 빨라집니다."]
        },
    },
    {
        "id": "2403.00002",
        "date": "2024-03-28",
        "title": "RiverNet: Forecasting Floods with Graphs",
        "authors": [],
        "abstract": "We present RiverNet, a graph of gauges that forecasts floods two days ahead in nine basins.",
        "upvotes": 1,
        "summaries": {
            "ko": [
                "이 논문은 새로운 합성곱 신경망(Convolutional Neural Network)을 제안합니다.",
                "드롭아웃(Dropout)과 배치 정규화(Batch Normalization)를 결합했습니다.",
                "CIFAR-10에서 정확도가 4% 향상되었습니다.",
            ]
        },
    },
    {
        "id": "2403.00003",
        "date": "2024-03-29",
        "title": "A Paper without an Abstract",
        "authors": [],
        "abstract": "",
        "upvotes": 1,
        "summaries": {"ko": ["초록이 없는 논문입니다.", "확인할 것이 없습니다.", "그래서 판단하지 않습니다."]},
    },
)


@pytest.fixture
def daily_papers(tmp_path):
    environment = {**os.environ, "DATABASE": str(tmp_path / "papers.db")}

    def run(*arguments):
        command = [sys.executable, "-m", "bot", *arguments]
        return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)

    lines = tmp_path / "papers.jsonl"
    lines.write_text("".join(json.dumps(paper, ensure_ascii=False) + "\n" for paper in PAPERS), encoding="utf-8")
    assert run("import", str(lines)).returncode == 0
    return run


def test_all_summaries_get_a_verdict_that_a_program_can_read(daily_papers):
    done = daily_papers("check", "--all", "--json")
    verdicts = {said["id"]: said for said in map(json.loads, done.stdout.splitlines())}
    assert {paper: said["faithful"] for paper, said in verdicts.items()} == {
        "2403.00001": True,
        "2403.00002": False,
        "2403.00003": None,
    }
    assert all(said["lang"] == "ko" for said in verdicts.values())
    assert verdicts["2403.00001"]["reasons"] == []
    assert "CIFAR-10" in verdicts["2403.00002"]["reasons"][0]


def test_a_days_verdicts_are_told_to_a_person_with_their_reasons(daily_papers):
    said = daily_papers("check", "--date", "2024-03-28").stdout
    assert "2403.00001 ko faithful: OtterMap" in said
    assert "2403.00002 ko NOT FAITHFUL: RiverNet" in said
    assert "  - Does not seem to be about this paper" in said
    assert said.endswith("2 summaries: 1 faithful, 1 not, 0 without an abstract to check against.\n")


@pytest.mark.parametrize("arguments", [("--date", "2024-01-01"), ("--date", "2024-03-28", "--all")])
def test_a_day_without_papers_or_two_wishes_at_once_are_errors_in_a_sentence(daily_papers, arguments):
    done = daily_papers("check", *arguments)
    assert done.returncode != 0
    assert done.stderr.startswith("Error: ")
    assert "Traceback" not in done.stderr
