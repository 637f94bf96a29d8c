"""Guesses somebody's time zone from the language of their app. Pure; the guess is shown, and a word changes it."""

from bot.locales import supported

# The zones where most people are whose apps speak so; a region (`en-GB`, `pt-BR`) says more than the language.
_BY_REGION = {
    "KR": "Asia/Seoul", "JP": "Asia/Tokyo", "CN": "Asia/Shanghai", "TW": "Asia/Taipei", "HK": "Asia/Hong_Kong",
    "SG": "Asia/Singapore", "IN": "Asia/Kolkata", "GB": "Europe/London", "IE": "Europe/Dublin", "US": "America/New_York",
    "CA": "America/Toronto", "AU": "Australia/Sydney", "NZ": "Pacific/Auckland", "BR": "America/Sao_Paulo",
    "PT": "Europe/Lisbon", "ES": "Europe/Madrid", "MX": "America/Mexico_City", "AT": "Europe/Vienna", "CH": "Europe/Zurich",
}  # fmt: skip
_BY_LANGUAGE = {
    "ko": "Asia/Seoul", "ja": "Asia/Tokyo", "zh": "Asia/Shanghai", "en": "America/New_York", "hi": "Asia/Kolkata",
    "de": "Europe/Berlin", "fr": "Europe/Paris", "it": "Europe/Rome", "es": "Europe/Madrid", "pt": "America/Sao_Paulo",
    "nl": "Europe/Amsterdam", "pl": "Europe/Warsaw", "ru": "Europe/Moscow", "uk": "Europe/Kyiv", "tr": "Europe/Istanbul",
    "vi": "Asia/Ho_Chi_Minh", "th": "Asia/Bangkok", "id": "Asia/Jakarta", "fa": "Asia/Tehran", "he": "Asia/Jerusalem",
    "sv": "Europe/Stockholm", "da": "Europe/Copenhagen", "no": "Europe/Oslo", "fi": "Europe/Helsinki",
    "cs": "Europe/Prague", "el": "Europe/Athens", "hu": "Europe/Budapest", "ro": "Europe/Bucharest",
}  # fmt: skip


def guessed_zone(spoken: str | None, own_language: str, own_zone: str) -> str:
    """The IANA zone for a platform's tag such as `en-GB`.

    Where it says no more than the language of the operator does (`own_language`), the operator's zone is the better guess.
    """
    if not spoken:
        return own_zone
    language, *more = spoken.replace("_", "-").split("-")
    region = next((part.upper() for part in more if len(part) == 2), "")
    if not region and supported(spoken) is not None and supported(spoken) == supported(own_language):
        return own_zone
    return _BY_REGION.get(region) or _BY_LANGUAGE.get(language.lower(), own_zone)
