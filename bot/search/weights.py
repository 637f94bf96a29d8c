"""The weights of ranking. docs/decisions/010-search.md has what each was measured to be worth. Constants only."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """The weights of ranking, measured in docs/decisions/010-search.md."""

    stem: float = 0.85  # a form of the word, to the word itself
    slip: float = 0.9  # for each slip in spelling
    rare: int = 2  # papers with a word that may yet be a slip of a far commoner one
    doubt: float = 0.7  # then
    compound: float = 0.9
    rendering: float = 0.9  # written beside it in summaries
    least_rendering: float = 0.2  # likeness below which it is taken for chance
    renderings: int = 3  # for each span of words
    sense: float = 2.0  # of an English term for a Korean word, for each unit of association with the word
    least_sense: float = 0.25  # association below which nothing is concluded
    senses: int = 3  # terms for each word
    sense_share: float = 0.4  # of all papers that may hold such a term: a commoner one tells nothing
    sound: float = 0.9  # of an English term that sounds the same
    unheard: float = 0.5  # of a sense that sounds otherwise, where one sounds so
    lift: float = 10.0  # how much oftener than elsewhere it stands beside the word
    sampled: int = 56  # papers of a word from which its senses are learned
    dependence: float = 0.5  # how far a word that follows from another counts less
    side_by_side: float = 0.25  # of a paper in which neighbours of the query are neighbours, in either script
    read: int = 8  # papers that are read for that
    feedback: float = 0.3  # what the best papers have in common
    feedback_papers: int = 15
    feedback_among: int = 40  # papers that are raised by it
    feedback_terms: int = 30
    feedback_share: float = 0.1  # of all papers that may hold such a term
    name: float = 1.0  # all words are the name of one author
    title: float = 0.15  # the title holds the words as they were typed
    whole_title: float = 1.0  # they are the title, or what stands before its colon
    votes: float = 0.04  # the most voted paper, to one without votes
    age: float = 0.02  # the newest paper, to one five years older
    least: float = 0.3  # of the best score, below which a paper without all words is no answer
    least_coverage: float = 0.3  # of what the words tell, that the best paper must say
