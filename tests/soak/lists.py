"""The lists of a soak: the Hub's own days where they are on this machine, else invented ones, filling as the hours pass."""

import datetime as dt
import json
import random

from bot.model import Paper
from tests.fakes.hub import Hub, entry
from tests.shared_data import SHARED

FOLDER = SHARED / "hugging_face" / "daily_papers"
HOUR = dt.timedelta(hours=1)
# The last two papers of a list come after it has closed, as some do.
LATE_HOURS = (60, 29)
# So long a paper's votes rise, hour by hour; never over one of these, so that who wants so many is owed it from the first.
RISING_HOURS = 72
THRESHOLDS = (0, 5, 10)
_SUBJECTS = ("Diffusion", "Language Model", "Agent", "Video", "Reasoning", "Robot", "Speech", "Retrieval", "Vision", "Code")
_DEEDS = ("Pruning", "Scaling", "Distilling", "Aligning", "Probing", "Compressing", "Teaching", "Measuring")


def lists_between(first, last, seed):
    """Entries of every list day, as the Hub gives them, and whether they are real."""
    if FOLDER.is_dir():
        every = {dt.date.fromisoformat(path.stem): path for path in FOLDER.glob("*.json")}
        return {day: json.loads(path.read_text()) for day, path in every.items() if first <= day <= last}, True
    chance = random.Random(seed)
    days = [first + dt.timedelta(days=step) for step in range((last - first).days + 1)]
    return {day: _invented(day, chance) for day in days if day.weekday() < 5}, False


def _invented(day, chance):
    return [
        entry(
            f"{day:%y%m}.{day.day:02d}{number:03d}",
            f"{chance.choice(_DEEDS)} {chance.choice(_SUBJECTS)} {number} of {day}",
            votes=chance.randrange(60),
        )
        for number in range(1, chance.randint(20, 40) + 1)
    ]


class FillingHub(Hub):
    """Each paper comes at an instant of its own by `now()`: most by noon, the last two after the list closed."""

    def __init__(self, lists, now):
        super().__init__(days={})
        self.lists, self.now = lists, now
        self.arrivals = {day: _arrivals(day, entries) for day, entries in lists.items()}

    async def _daily_papers(self, request):
        now = self.now()
        self.today = now.date()
        self.days = {
            day: [
                _with_votes(one, (now - at) / HOUR) for one, at in zip(self.lists[day], arrivals, strict=True) if at <= now
            ]
            for day, arrivals in self.arrivals.items()
            if day <= self.today
        }
        self.requests.clear()
        return await super()._daily_papers(request)

    def every_paper(self):
        """Every paper as `(list day, arrival, Paper)`, with the words that its title and abstract have."""
        for day, entries in self.lists.items():
            for one, at in zip(entries, self.arrivals[day], strict=True):
                facts = one["paper"]
                yield (
                    day,
                    at,
                    Paper(
                        id=facts["id"],
                        title=facts["title"],
                        abstract=facts.get("summary", ""),
                        upvotes=facts.get("upvotes", 0),
                    ),
                )


def _with_votes(entry, hours):
    """The entry so many hours after it came."""
    last = entry["paper"].get("upvotes", 0)
    first = max(bound for bound in THRESHOLDS if bound <= last)
    votes = first + int((last - first) * min(1.0, hours / RISING_HOURS))
    return entry | {"paper": entry["paper"] | {"upvotes": votes}}


def _arrivals(day, entries):
    begin = dt.datetime.combine(day, dt.time(), tzinfo=dt.UTC)
    late = dict(zip((len(entries) - 2, len(entries) - 1), LATE_HOURS, strict=True)) if len(entries) > 3 else {}
    # 89 % by noon.
    return [begin + late.get(number, 13.5 * number / len(entries)) * HOUR for number in range(len(entries))]
