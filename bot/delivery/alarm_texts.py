"""The texts of alarms, in the language of the operator's chat."""

from bot.delivery.alarms import BACKUP, BUDGET, CHATS, DELIVERIES, DISK, FETCH, MISSING, MODEL, PATIENCE, Alarm
from bot.locales import translator
from bot.message import Message

_HOURS = int(PATIENCE.total_seconds()) // 3600


def text(alarm: Alarm, language: str) -> Message:
    """The message that the alarm began, or that it is over."""
    heading = _over(alarm, language) if alarm.over else _begun(alarm, language)
    return Message(heading=heading, paragraphs=() if alarm.over else tuple(_more(alarm, language)))


def _begun(alarm: Alarm, language: str) -> str:
    words, detail = translator(language), alarm.detail
    if alarm.name == DELIVERIES:
        count = int(detail["count"])
        told = words.ngettext(
            "{count} digest has been waiting to be sent for {hours} hours.",
            "{count} digests have been waiting to be sent for {hours} hours.",
            count,
        )
        return told.format(count=count, hours=_HOURS)
    if alarm.name == FETCH:
        return words.gettext("The list of {day} could not be fetched for hours.").format(day=detail["day"])
    if alarm.name == MISSING:
        return words.gettext("There is no list of {day} yet, though Hugging Face answers.").format(day=detail["day"])
    if alarm.name == BUDGET:
        return words.gettext("The budget of {day} for language models is spent.").format(day=detail["day"])
    if alarm.name == BACKUP:
        return words.gettext("The last backup failed.")
    if alarm.name == DISK:
        return words.gettext("The disk is nearly full: {megabytes} MB are left.").format(megabytes=detail["megabytes"])
    if alarm.name == MODEL:
        return (
            words.gettext("The language model's server accepts no request.")
            if detail["refused"]
            else words.gettext("The language model has given no summary for an hour.")
        )
    if alarm.name == CHATS:
        told = words.gettext("Within a day {count} of {total} chats have become unreachable.")
        return told.format(count=detail["count"], total=detail["of"])
    told = (
        words.gettext("{platform} no longer accepts the bot's token.")
        if detail["refused"]
        else words.gettext("The bot does not hear what is said on {platform} any more.")
    )
    return told.format(platform=detail["platform"].capitalize())


def _over(alarm: Alarm, language: str) -> str:
    words = translator(language)
    if alarm.name == DELIVERIES:
        return words.gettext("Over: no digest is late any more.")
    if alarm.name == FETCH:
        return words.gettext("Over: lists can be fetched again.")
    if alarm.name == MISSING:
        return words.gettext("Over: the list has come, or Hugging Face has none of that day.")
    if alarm.name == BACKUP:
        return words.gettext("Over: a backup was made again.")
    if alarm.name == DISK:
        return words.gettext("Over: the disk has room again.")
    if alarm.name == CHATS:
        return words.gettext("Over: within the last day hardly any chat has become unreachable.")
    if alarm.name in {BUDGET, MODEL}:
        return words.gettext("Over: the language model writes summaries again.")
    return words.gettext("Over: {platform} works again.").format(platform=alarm.detail["platform"].capitalize())


def _more(alarm: Alarm, language: str) -> list[str]:
    words = translator(language)
    if alarm.name == BUDGET:
        return [
            words.gettext(
                "Until midnight UTC new summaries are Hugging Face's or come from the abstract; digests go on. "
                "On the machine, `daily-papers usage` tells more."
            )
        ]
    told = [words.gettext("Said last: {reason}").format(reason=alarm.detail["reason"])] if alarm.detail["reason"] else []
    told.extend(_advice(alarm, language))
    told.append(words.gettext("On the machine, `daily-papers status` tells more. I write once more when it is over."))
    return told


def _advice(alarm: Alarm, language: str) -> list[str]:
    """What it means, and what to do; empty if that is obvious."""
    words = translator(language)
    if alarm.name == BACKUP:
        return [
            words.gettext("Until one is made, the last good one is all there is. `daily-papers backup FOLDER` makes one.")
        ]
    if alarm.name == DISK:
        return [words.gettext("When it is full, nothing can be recorded and digests wait. Please make room.")]
    if alarm.name == MODEL:
        return [words.gettext("Digests go on: meanwhile summaries are Hugging Face's or come from the abstract.")]
    if alarm.name == CHATS:
        return [words.gettext("If you did not expect that, look whether a platform has restricted the bot.")]
    if alarm.detail.get("refused"):
        return [
            words.gettext("Nothing is lost: what is due there is sent when the bot runs with a token that is accepted.")
        ]
    return []
