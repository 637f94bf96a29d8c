"""What Discord answers and what it means, as a table."""

import pytest

from adapters.discord.outcomes import Answer, NoAnswer, outcome
from bot.ports import NotSent, Rejected, RetryAfter, Scope, Unknown, Unreachable


def refusal(status, code, **more):
    return Answer(status, {"message": "said", "code": code} | more)


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (refusal(404, 10003), Unreachable),
        (refusal(404, 10004), Unreachable),
        (refusal(403, 50001), Unreachable),
        (refusal(403, 50007), Unreachable),
        (refusal(400, 50008), Unreachable),
        (refusal(403, 50013), Unreachable),
        (refusal(403, 160005), Unreachable),
        (refusal(400, 50083), Unreachable),
        (refusal(403, 0), Unreachable),
        (refusal(404, 0), Unreachable),
        (refusal(400, 50035), Rejected),
        (refusal(400, 50006), Rejected),
        (refusal(400, 200000), Rejected),
        (refusal(400, 240000), Rejected),
        (refusal(400, 0), Rejected),
        (refusal(413, 40005), Rejected),
        (refusal(401, 0), NotSent),
        (refusal(400, 40004), NotSent),
        (Answer(521, "<html>"), NotSent),
        (Answer(500, {"message": "500: Internal Server Error", "code": 0}), Unknown),
        (Answer(502, "<html>bad gateway"), Unknown),
        (Answer(503, ""), Unknown),
        (Answer(524, ""), Unknown),
        (Answer(302, ""), Unknown),
        (NoAnswer("no route", written=False), NotSent),
        (NoAnswer("reset", written=True), Unknown),
    ],
)
def test_each_answer_has_one_meaning(answer, kind):
    assert type(outcome(answer)) is kind


@pytest.mark.parametrize(
    ("code", "vague"), [(10003, False), (50001, False), (50007, False), (50013, True), (160005, True), (0, True)]
)
def test_only_what_somebody_may_undo_soon_is_vague(code, vague):
    became = outcome(refusal(403, code))
    assert isinstance(became, Unreachable)
    assert became.vague is vague


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (Answer(429, {"retry_after": 1.5, "global": False}), RetryAfter(1.5, Scope.CHAT)),
        (Answer(429, {"retry_after": 1.5, "global": True}), RetryAfter(1.5, Scope.TOKEN)),
        (Answer(429, {"retry_after": 3}, {"x-ratelimit-scope": "global"}), RetryAfter(3, Scope.TOKEN)),
        (Answer(429, "<html>", {"retry-after": "90"}), RetryAfter(90, Scope.TOKEN)),
        (Answer(429, "<html>"), RetryAfter(600, Scope.TOKEN)),
        (Answer(400, {"code": 20016, "message": "slowmode", "retry_after": 30}), RetryAfter(30, Scope.CHAT)),
        (Answer(400, {"code": 20028, "message": "channel write"}, {"retry-after": "4"}), RetryAfter(4, Scope.CHAT)),
        (Answer(400, {"code": 20016, "message": "slowmode", "retry_after": "soon"}), RetryAfter(5, Scope.CHAT)),
    ],
)
def test_a_wish_to_wait_says_how_long_and_whom_it_means(answer, expected):
    assert outcome(answer) == expected


def test_a_refused_form_names_its_places():
    errors = {"embeds": {"0": {"description": {"_errors": [{"code": "X", "message": "Must be 4096 or fewer in length."}]}}}}
    became = outcome(refusal(400, 50035, errors=errors))
    assert isinstance(became, Rejected)
    assert "embeds.0.description: Must be 4096 or fewer in length." in became.reason
