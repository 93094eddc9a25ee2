from __future__ import annotations

import re

import pytest
from hypothesis import given, strategies as st

from navigator_export import read
from navigator_export.attack import known
from navigator_export.layer.passages import Passages, licence_of
from navigator_export.layer.passages.clauses import LONGEST
from navigator_export.layer.passages.sentences import sentences_of
from navigator_export.layer.passages.statement import is_context, statement
from tests.growth import LINEAR, growth
from tests.made_inputs import make_row, mapping_set
from tests.real_inputs import MAPPING_FILES

PRODUCT = "Mail Rules look at each message on its way."
PROTECTING = "Mail Rules protect whatever messages there are."
ENCRYPTING = "This control protects from Email Collection by encrypting what is sent."
FORWARDING = "This control detects forwarding that nobody asked for."
LIMIT = "However, this control does not detect forwarding by hand."
SCORE = "Due to this detection of Email Collection, the score is Minimal."
ADVERSARY = "Adversaries may evade detection of Email Collection."


def said(comments: dict[str, str], technique: str, name: str, framework: str = "m365") -> str:
    """Return what is said of one technique, where a capability has these comments by technique."""
    rows = [make_row("A", id_, "protect partial", comments=text) for id_, text in comments.items()]
    mappings = mapping_set(rows, mapping_framework=framework)
    [mapping] = [m for m in mappings.mappings if m.technique == technique]
    return Passages(mappings.mappings).about(mapping, name)


@pytest.mark.parametrize("joint", [" ", "\n", "\n\n", "\r\n"])
def test_a_sentence_repeated_for_other_techniques_gives_way(joint: str) -> None:
    comments = {"T1114": PROTECTING + joint + FORWARDING, "T1566": PROTECTING + joint + ENCRYPTING}
    assert said(comments, "T1114", "Other Name") == FORWARDING
    assert said(comments, "T1566", "Other Name") == ENCRYPTING


@pytest.mark.parametrize("text", [PRODUCT, PROTECTING, f"{PRODUCT} {PROTECTING}"])
def test_nothing_is_said_where_there_is_only_what_describes_a_capability(text: str) -> None:
    comments = dict.fromkeys(("T1114", "T1566", "T1110", "T1110.001"), text)
    assert said(comments, "T1114", "Email Collection") == ""


def test_what_is_said_of_most_techniques_is_said_of_the_one_that_it_names() -> None:
    comments = dict.fromkeys(("T1114", "T1566", "T1110"), ENCRYPTING)
    assert said(comments, "T1114", "Email Collection") == ENCRYPTING
    assert said(comments, "T1566", "Phishing") == ""


def test_an_attack_that_a_capability_is_made_against_is_told_of_its_kin() -> None:
    text = "Mail Rules prevent attacks that collect messages."
    comments = dict.fromkeys(("T1114", "T1566", "T1110"), text)
    assert said(comments, "T1114", "Email Collection") == text
    assert said(comments, "T1566", "Phishing") == ""


def test_a_few_techniques_do_not_tell_what_describes_a_capability() -> None:
    assert said({"T1114": PROTECTING, "T1566": PROTECTING}, "T1114", "Other Name") == PROTECTING


def test_a_sentence_shared_within_a_family_goes_before_one_shared_with_others() -> None:
    comments = {
        "T1114": f"{PROTECTING} {FORWARDING}",
        "T1114.003": f"{PROTECTING} {FORWARDING}",
        "T1566": PROTECTING,
    }
    assert said(comments, "T1114.003", "Other Name") == FORWARDING


def test_another_capability_may_repeat_a_sentence() -> None:
    rows = [
        make_row("A", "T1114", comments=f"{PROTECTING} {FORWARDING}"),
        make_row("B", "T1566", comments=PROTECTING),
    ]
    mappings = mapping_set(rows).mappings
    assert Passages(mappings).about(mappings[0], "Other Name") == PROTECTING


@pytest.mark.parametrize("other", [FORWARDING, LIMIT, SCORE, ADVERSARY, PRODUCT])
@pytest.mark.parametrize("order", [1, -1])
def test_the_sentence_that_names_the_technique_goes_before_others(other: str, order: int) -> None:
    assert said({"T1114": " ".join([other, ENCRYPTING][::order])}, "T1114", "Email Collection") == ENCRYPTING


@pytest.mark.parametrize("alone", [LIMIT, SCORE, ADVERSARY])
def test_what_no_reader_wants_is_not_said_at_all(alone: str) -> None:
    assert said({"T1114": alone}, "T1114", "Email Collection") == ""


@pytest.mark.parametrize(
    "spelling",
    ["email collection", "EMAIL COLLECTION", "Email-Collection", "collecting emails", "collected from an email"],
)
def test_a_technique_is_named_in_any_spelling(spelling: str) -> None:
    naming = f"This control has an effect on {spelling} and can restrict it."
    assert said({"T1114": f"{FORWARDING} {naming}"}, "T1114", "Email Collection") == naming


def test_half_of_a_name_goes_before_none() -> None:
    half = "This control restricts who sees email."
    assert said({"T1114": f"{FORWARDING} {half}"}, "T1114", "Email Collection") == half


def test_an_attack_goes_before_none() -> None:
    attack = "This control prevents attacks."
    assert said({"T1114": f"{FORWARDING} {attack}"}, "T1114", "Other Name") == attack


def test_an_effect_goes_before_what_may_have_one() -> None:
    may = "This control reviews suspicious mail."
    assert (
        said({"T1114": f"{may} {FORWARDING} Rules block an attack."}, "T1114", "Other Name") == "Rules block an attack."
    )
    assert said({"T1114": f"{may} {PRODUCT}"}, "T1114", "Other Name") == may
    assert said(dict.fromkeys(("T1114", "T1566"), "This control reviews mail."), "T1114", "Other Name") == ""


def test_a_statement_with_a_limit_goes_behind_one_without() -> None:
    limited = "This control prevents attacks, but does not detect them."
    assert said({"T1114": f"{limited} Rules block an attack."}, "T1114", "Other Name") == "Rules block an attack."
    assert said({"T1114": limited}, "T1114", "Other Name") == limited


def test_a_sentence_is_told_with_the_one_that_it_leans_on() -> None:
    assert (
        said({"T1114": f"{PRODUCT} It prevents attacks."}, "T1114", "Other Name") == f"{PRODUCT} It prevents attacks."
    )


def test_a_sentence_that_leans_on_nothing_goes_behind_one_that_stands() -> None:
    comment = f"{LIMIT} It prevents attacks. Rules block an attack."
    assert said({"T1114": comment}, "T1114", "Other Name") == "Rules block an attack."
    assert said({"T1114": f"{LIMIT} It prevents attacks."}, "T1114", "Other Name") == "It prevents attacks."
    assert said({"T1114": f"{LIMIT} It prevents mail."}, "T1114", "Other Name") == ""


def test_a_sentence_and_what_it_leans_on_are_no_longer_than_one() -> None:
    before = f"Mail Rules look at {'very ' * 50}many messages."
    assert said({"T1114": f"{before} It prevents attacks."}, "T1114", "Other Name") == "It prevents attacks."


def test_what_adversaries_do_is_told_of_an_exposed_technique() -> None:
    exploited = "Attackers can execute commands by this flaw."
    comments = dict.fromkeys(("T1114", "T1566", "T1110"), f"{PRODUCT} {exploited}")
    assert said(comments, "T1114", "Other Name", "kev") == exploited
    assert said(comments, "T1114", "Other Name", "m365") == ""


@pytest.mark.parametrize(
    "comment", ["", "   ", "License Requirements: Suite plan 1", "https://example.org/a-page", "…"]
)
def test_nothing_is_said_without_a_sentence(comment: str) -> None:
    assert said({"T1114": comment}, "T1114", "Email Collection") == ""


@pytest.mark.parametrize(
    "licence", ["License Requirements: protection plan 1", "This protection requires an E5 licence."]
)
def test_licence_passage_is_not_what_is_said(licence: str) -> None:
    assert said({"T1114": f"{FORWARDING}\n{licence}"}, "T1114", "Email Collection") == FORWARDING
    assert said({"T1114": licence}, "T1114", "Email Collection") == ""


# ---- any comment -----------------------------------------------------------------------------------------------------

PIECES = st.sampled_from(
    [
        *(
            PRODUCT,
            PROTECTING,
            ENCRYPTING,
            FORWARDING,
            LIMIT,
            SCORE,
            ADVERSARY,
            "It prevents attacks.",
            "Furthermore, ",
        ),
        *(
            "rules detect mail, ",
            "and the score is Partial. ",
            "but ",
            '"',
            "(",
            ")",
            ": ",
            "\n",
            "\r\n",
            "- ",
            "e.g. ",
        ),
        *(
            "protects ",
            "adversaries may ",
            "very " * 40,
            "Email Collection ",
            ". ",
            "does not ",
            "…",
            "\x0b",
            "É",
            "x" * 310,
        ),
    ]
)
COMMENTS = st.lists(PIECES | st.text(max_size=12), max_size=14).map("".join)


@given(
    st.lists(st.tuples(st.sampled_from(["T1114", "T1566", "T1110.001"]), COMMENTS), min_size=1, max_size=5),
    st.randoms(),
)
def test_what_is_said_is_a_part_of_the_comment_whatever_it_is(said_of: list[tuple[str, str]], random: object) -> None:
    mappings = mapping_set([make_row("A", id_, comments=text) for id_, text in said_of]).mappings
    others = list(mappings)
    random.shuffle(others)
    for mapping in mappings:
        found = Passages(mappings).about(mapping, "Email Collection")
        assert found == Passages(others).about(mapping, "Email Collection")
        assert len(found) <= LONGEST
        kept = "".join(found.removesuffix(" …").split()).casefold()
        assert kept in "".join(re.sub(r"(?m)^\s*[-]\s+", "", mapping.comment).split()).casefold()


REFUSED = re.compile(
    r"^(?:However|Furthermore|Additionally|Therefore|As a result|Moreover|Because of this|Adversaries|An adversary)\b"
    r"|\b(?:is|are|was) scored\b|\boverall score\b|\bthe score\b|\bscore of\b|\bMinimal score\b|\bPartial score\b"
)


@pytest.mark.parametrize("file", MAPPING_FILES)
def test_nothing_is_said_of_published_techniques_that_no_reader_wants(file: object) -> None:
    mappings = read(str(file))
    release = known().require(mappings.domain, mappings.attack_version)
    passages = Passages(mappings.mappings)
    exposure = "kev" in str(file)
    found = {passages.about(m, release.name(m.technique)) for m in mappings.mappings}
    assert [text for text in found if len(text) > LONGEST] == []
    assert [text for text in found if not exposure and REFUSED.search(text)] == []
    assert any(found) is any(m.comment for m in mappings.mappings)


@pytest.mark.parametrize(
    "repeated",
    [
        *("requires ", "licence: ", "License:\n", "license requirement \n", "E3 "),
        *("\n\t", "a\n", "a:\n\n", "1. ", '."', "(e.g. A", "a.The b", "A. ", "ations"),
        *("attackers ", "attackers may, detect ", "malware a-a ", "does not ", "following "),
        *("one sub", "partial score ", '", ', ", but because ", "lyly", "however; "),
    ],
)
def test_time_grows_with_the_length_of_a_comment_alone(repeated: str) -> None:
    def passages(times: int) -> None:
        comment = f"licen require attackers protect partial not following. {repeated * times}"
        for cached in (licence_of, sentences_of, statement, is_context):
            cached.cache_clear()
        licence_of(comment)
        [mapping] = mapping_set([make_row("A", comments=comment)]).mappings
        Passages([mapping]).about(mapping, "Email Collection")

    assert growth(passages, 400) < LINEAR


@pytest.mark.parametrize(
    "comment",
    [
        "Common packers are unpacked and their content is scanned.",
        "Two people approve each payment, whoever asks for it.",
        "Browsers are updated within a week. Readers follow.",
    ],
)
def test_short_comment_of_one_technique_alone_stands_as_it_is(comment: str) -> None:
    assert said({"T1114": comment}, "T1114", "Other Name") == comment.partition(". ")[0].rstrip(".") + "."


@pytest.mark.parametrize(
    "comment",
    [
        "This does not help against it.",
        "The score is Minimal.",
        "Adversaries may pack their tools.",
        "It is scanned.",
    ],
)
def test_short_comment_is_still_refused_what_no_reader_wants(comment: str) -> None:
    assert said({"T1114": comment}, "T1114", "Other Name") == ""


def test_short_comment_that_is_repeated_for_other_techniques_describes_the_capability() -> None:
    comments = dict.fromkeys(("T1114", "T1566"), "The gateway is a product of our own.")
    assert said(comments, "T1114", "Other Name") == ""
