from __future__ import annotations

import pytest

from navigator_export.layer.passages.clauses import LONGEST, cut, leans, stands_alone

MANY = ", ".join(f"kind{i}" for i in range(60))


@pytest.mark.parametrize(
    "connective",
    [
        "Furthermore,",
        "Additionally,",
        "However,",
        "Therefore,",
        "As a result,",
        "In addition,",
        "For example,",
        "So",
        "And",
    ],
)
def test_a_connective_at_the_start_is_dropped(connective: str) -> None:
    assert stands_alone(f"{connective} the rules detect mail.") == "The rules detect mail."


def test_several_connectives_are_dropped() -> None:
    assert stands_alone("However, in this case, rules detect mail.") == "Rules detect mail."


@pytest.mark.parametrize(
    "opening",
    ["Otherwise", "Alternatively,", "Because of this limit", "Both of these", "The former", "Many others", "Such"],
)
def test_the_middle_of_an_argument_does_not_stand_alone(opening: str) -> None:
    assert stands_alone(f"{opening} detect mail.") == ""


@pytest.mark.parametrize(
    "sentence", ["Thereafter mail is read.", "Sonar detects it.", "Android mail is read.", "Hereby mail is read."]
)
def test_a_word_that_begins_like_a_connective_is_none(sentence: str) -> None:
    assert stands_alone(sentence) == sentence


@pytest.mark.parametrize(
    "sentence",
    [
        *("It detects mail.", "They detect mail.", "This detects mail.", "This can detect mail.", "These help in it."),
        *("This also helps.", "Its rules help.", "The rule does this by reading.", "The rules listed above help."),
    ],
)
def test_a_pronoun_leans_on_the_sentence_before(sentence: str) -> None:
    assert leans(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "This control detects mail.",
        "This analysis helps.",
        "These rules detect mail.",
        "This access is read.",
        "Item by item.",
    ],
)
def test_a_named_subject_does_not_lean(sentence: str) -> None:
    assert not leans(sentence)


def test_a_long_sentence_is_cut_at_a_colon_that_is_not_too_early() -> None:
    head = "The rules detect " + "much " * 20 + "mail"
    assert cut(f"{head}: {MANY}.") == f"{head} …"
    early = cut(f"The rules detect mail: {MANY}.")
    assert "mail: kind0" in early
    assert 200 < len(early) <= LONGEST


@pytest.mark.parametrize(
    ("boundary", "rest"),
    [
        (",", " all of it"),
        (";", " all of it"),
        ("", " which is much"),
        ("", " because it is much"),
        ("", " and all of it"),
    ],
)
def test_a_long_sentence_is_cut_at_the_end_of_a_clause(boundary: str, rest: str) -> None:
    head = "Rules detect " + "much " * 50 + "mail"
    assert cut(f"{head}{boundary}{rest}" + " word" * 60) == f"{head} …"


def test_no_bracket_or_quotation_stays_open() -> None:
    head = "Rules detect " + "much " * 30 + "mail"
    assert cut(f"{head}, (letters, " + "cards, " * 60 + ")") == f"{head} …"
    assert cut(f'{head}, "letters, ' + "cards, " * 60 + '"') == f"{head} …"


def test_what_has_no_clause_is_not_cut() -> None:
    assert cut("Rules detect " + "much " * 100) == ""
    assert cut("x" * 400) == ""


def test_nothing_dangles_where_a_score_is_cut_off() -> None:
    sentence = "Rules detect mail of most kinds, and therefore the score is Partial."
    assert cut(sentence, sentence.index("the score")) == "Rules detect mail of most kinds …"


@pytest.mark.parametrize("opening", ["Because rules detect mail of all kinds", "Given that rules detect all mail"])
def test_a_reason_for_a_score_does_not_stand_alone(opening: str) -> None:
    assert cut(f"{opening}, the score is Partial.", len(opening) + 2) == ""
    sentence = f"Rules detect much of the mail, but {opening.lower()}, the score is Partial."
    assert cut(sentence, sentence.index("the score")) == "Rules detect much of the mail …"
