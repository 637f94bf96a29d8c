"""Parses the day until which something is put off: `until friday`, `2주`, `4월 5일까지`. Pure.

bot/commands/dates.py takes a day without a year or week for the last one; here it is the next one.
"""

import calendar
import datetime as dt
import re
import unicodedata

from bot.commands.dates import DateFault, NoDate, read_date

# What stands around a day that something lasts to. `for a week` is a week from now.
_BEFORE = re.compile(r"^(?:until|till|til|up to|for|to|直到|到|至)\b ?|^(?:直到|到|至)")
_AFTER = re.compile(r" ?(?:까지|동안|간|まで|の?間|为止|為止|为止)$")
_OF_MONTH = r"\d{1,2} ?[일日号號]?"
# Marks a day, not a duration: 15일까지 and 15日まで are days of the month; 15일, 15日 and 15일간 are 15 days.
_UNTIL = re.compile(r"^(?:until|till|til|up to|to|直到|到|至)|(?:까지|まで|为止|為止)$")
_SO_MANY_DAYS = re.compile(r"\d{1,2} ?[일日]")
# How each language says `from now` behind a count of days, weeks or months.
_FROM_NOW = (" later", " 후", "後", "后")


def read_until(text: str, today: dt.date) -> dt.date | NoDate:
    """The day after `today` that is meant; one that is over is given back as it is, for the asker to be told."""
    folded = " ".join(unicodedata.normalize("NFKC", text).casefold().split())
    written = _AFTER.sub("", _BEFORE.sub("", folded)).strip()
    if not written:
        return NoDate(DateFault.UNREADABLE)
    lasts = not re.fullmatch(_OF_MONTH, written) or (_SO_MANY_DAYS.fullmatch(written) and not _UNTIL.search(folded))
    lasting = _FROM_NOW if lasts else ()
    for counted in (f"{written}{after}" for after in lasting):
        read = read_date(counted, today)
        if isinstance(read, dt.date) and read > today:
            return read
    read = read_date(written, today)
    if isinstance(read, NoDate) or read > today:
        return read
    # A weekday; whatever language names it, `next` is understood before it.
    coming = read_date(f"next {written}", today)
    if isinstance(coming, dt.date) and coming > today:
        return coming
    if re.search(r"\d{4}", written):
        return read
    if re.fullmatch(_OF_MONTH, written):
        return _next_month(read, today)
    return _next_year(read) if re.search(r"\d", written) else read


def _next_month(day: dt.date, today: dt.date) -> dt.date:
    """The same day of the first month that has it after today."""
    year, month = day.year, day.month
    while True:
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
        if day.day <= calendar.monthrange(year, month)[1] and dt.date(year, month, day.day) > today:
            return dt.date(year, month, day.day)


def _next_year(day: dt.date) -> dt.date:
    """The same day of the next year that has it."""
    years = (year for year in range(day.year + 1, day.year + 9) if day.day <= calendar.monthrange(year, day.month)[1])
    return day.replace(year=next(years))
