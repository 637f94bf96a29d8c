"""Every sentence of the pages in a reader's language, by the names that templates use."""

from functools import lru_cache

from bot.locales import translator


@lru_cache
def words(language: str) -> dict[str, str]:
    """The sentences that have no fields of their own to fill in."""
    t = translator(language)
    return {
        "newest": t.gettext("Newest day"),
        "calendar": t.gettext("Calendar"),
        "best": t.gettext("Best papers"),
        "search": t.gettext("Search"),
        "search_papers": t.gettext("Search papers"),
        "feeds": t.gettext("Feeds"),
        "trends": t.gettext("Trends"),
        "topics": t.gettext("Topics, with commas between"),
        "topics_hint": t.gettext("Five at most; without any, those that rose lately."),
        "show": t.gettext("Show"),
        "pages": t.gettext("Pages"),
        "languages": t.gettext("Languages"),
        "skip": t.gettext("To the content"),
        "days": t.gettext("Days"),
        "earlier": t.gettext("The day before"),
        "later": t.gettext("The day after"),
        "best_of_week": t.gettext("Best of the week"),
        "best_of_month": t.gettext("Best of the month"),
        "week_before": t.gettext("The week before"),
        "week_after": t.gettext("The week after"),
        "month_before": t.gettext("The month before"),
        "month_after": t.gettext("The month after"),
        "listed": t.gettext("On the list of"),
        "archived": t.gettext("In the archive under"),
        "published": t.gettext("First version on arXiv"),
        "authors": t.gettext("Authors"),
        "summaries": t.gettext("Summaries"),
        "abstract": t.gettext("Abstract"),
        "similar": t.gettext("Similar papers"),
        "citing": t.gettext("For your references"),
        "no_summary": t.gettext("No summary yet: nothing but the title is known."),
        "nothing_here": t.gettext("There is no such page"),
        "nothing_here_why": t.gettext("Perhaps its day has no papers, or the address has a slip."),
        "no_papers": t.gettext("There are no papers yet."),
        "broken": t.gettext("This page cannot be shown now"),
        "broken_why": t.gettext("Something went wrong here, not with you. Try again in a moment."),
        "search_hint": t.gettext('Words in any language of the summaries; "a phrase", -without, author:, since:2024-03.'),
        "fewer_words": t.gettext("Fewer words find more, and so may the English term."),
        "page_before": t.gettext("The page before"),
        "page_after": t.gettext("The page after"),
        "feeds_what": t.gettext("A feed reader shows new papers by itself, from one of these addresses:"),
        "feed_of_filter": t.gettext("A feed of your own"),
        "filter_hint": t.gettext("The words are those of /filter: diffusion, -video author:LeCun votes:5 top:10"),
        "filter_label": t.gettext("Only papers with"),
        "make_feed": t.gettext("Make the feed"),
        "about": t.gettext("Papers from Hugging Face's Daily Papers; titles and abstracts are their authors'."),
    }
