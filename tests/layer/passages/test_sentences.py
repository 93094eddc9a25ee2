from __future__ import annotations

import pytest

from navigator_export.layer.passages.sentences import sentences_of

REST = "Then more is said."


@pytest.mark.parametrize(
    "sentence",
    [
        "They detect mail.",
        "They detect mail!",
        "They detect mail?",
        "They detect mail (so it says.)",
        'They detect "mail."',
        "They detect rvs.",
        "Mail of any kind, e.g. Contoso mail, is read.",
        "Mail of any kind, i.e. Contoso mail, is read.",
        "E.g. Contoso mail is read.",
        "Mail vs. Web is what they read.",
        "Contoso Inc. Mail is read.",
        "The U.S. Mail is read.",
        "A rule by J. Doe reads mail.",
        "Version 4.5 reads mail.",
        "Rules read mail (of friends, family, etc. Contoso too) of any kind.",
        "Rules read mail, letters, etc.",
        "A script of System.Management reads mail.",
        "A script of node.JS reads mail.",
        "A page of contoso.example/Mail.Aspx is read.",
    ],
)
@pytest.mark.parametrize("joint", [" ", "\n", "\n\n", "  ", "\r\n", "\r", "\u2028"])
def test_a_sentence_ends_at_its_own_end(sentence: str, joint: str) -> None:
    assert sentences_of(f"{sentence}{joint}{REST}") == (sentence, REST)


@pytest.mark.parametrize(
    "next_", ["Then more is said.", "2 more are said.", "“Then” more is said.", "(Then) it is said."]
)
def test_a_sentence_ends_before_a_capital_or_a_number(next_: str) -> None:
    assert sentences_of(f"They detect mail. {next_}") == ("They detect mail.", next_)


@pytest.mark.parametrize(
    "one", ["They detect: Then more is said.", "They detect. then more is said.", "Mail in 4. 5 of it."]
)
def test_a_sentence_goes_on_before_a_small_letter(one: str) -> None:
    assert sentences_of(one)[0].startswith("They detect") is one.startswith("They")
    assert len(sentences_of(one)) == (1 if one.startswith("They") else 2)


@pytest.mark.parametrize("before", ["They read mail.", "They read mail (all of it).", 'They read "mail".'])
def test_a_sentence_ends_where_the_space_is_missing(before: str) -> None:
    assert sentences_of(f"{before}{REST}") == (before, REST)


def test_a_turn_behind_a_semicolon_is_a_sentence_of_its_own() -> None:
    assert sentences_of("Mail is sent; however, they read it; so it is.") == (
        "Mail is sent;",
        "however, they read it; so it is.",
    )


@pytest.mark.parametrize("bullet", ["- ", "* ", "• ", "1. ", "2) ", "(3) ", "– "])
def test_bullets_are_left_out(bullet: str) -> None:
    assert sentences_of(f"{bullet}They read mail.\n{bullet}{REST}") == ("They read mail.", REST)


def test_a_line_that_breaks_in_mid_sentence_goes_on() -> None:
    assert sentences_of("They read mail\n of any kind.\nThey do\nmore.") == (
        "They read mail of any kind.",
        "They do more.",
    )


@pytest.mark.parametrize("joint", ["\n", "\n\n"])
def test_a_list_that_a_colon_announces_is_left_out(joint: str) -> None:
    text = f"They read these:{joint}Mail (of all kinds)\nLetters that are sent\n\n{REST}"
    assert sentences_of(text) == ("They read these:", REST)


@pytest.mark.parametrize("joint", ["\n", "\n\n"])
def test_one_line_behind_a_colon_is_no_list(joint: str) -> None:
    assert sentences_of(f"Note:{joint}They read mail.\n\n{REST}") == ("They read mail.", REST)


@pytest.mark.parametrize("text", ["", " ", "…", "Mail", "https://example.org/a-page", "1. 2. 3.", "\r\n\r\n"])
def test_what_is_no_sentence_is_left_out(text: str) -> None:
    assert sentences_of(text) == ()
