"""Whether the language model works, by the results of asking it. When that becomes an alarm: bot/delivery/alarms.py."""

import datetime as dt
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelHealth:
    """What this process has seen of the model. `failures` in a row, the first `since` when, the last with its `reason`.

    `refused`: the server takes no request as things stand (a wrong key, address or name). `works`: the last one gave a
    summary. Neither failures nor works: it was not asked yet.
    """

    failures: int = 0
    since: dt.datetime | None = None
    reason: str = ""
    refused: bool = False
    works: bool = False

    def failed(self, reason: str, now: dt.datetime, *, refused: bool = False) -> "ModelHealth":
        """After one more request that gave no summary."""
        return ModelHealth(failures=self.failures + 1, since=self.since or now, reason=reason, refused=refused)

    def worked(self) -> "ModelHealth":
        """After a summary."""
        return ModelHealth(works=True)
