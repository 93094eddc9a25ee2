from __future__ import annotations

import pytest

from navigator_export.layer.passages.clauses import LONGEST
from navigator_export.layer.passages.statement import Statement, statement


def stated(sentence: str) -> Statement:
    found = statement(sentence, "coverage")
    assert found is not None
    return found


@pytest.mark.parametrize(
    "sentence",
    [
        "This control detects forwarding that nobody asked for.",
        "Rules can prevent adversaries from reading mail.",
        "Rules detect when an adversary may forward mail.",
        "Rules flag events where attackers use a proxy.",
        "Adversaries may forward mail, but rules can prevent it.",
        "Enabling rules reduces what an attacker could read, since attackers will not have the key.",
        "Access to mailboxes is limited to their owners, which rules enforce.",
        "Rules can be used to only accept mail from hosts that are trusted.",
        "The Secure Score recommendations can protect mailboxes.",
        "Rules detect mail that does not reach its reader.",
        "Rules block mail so that adversaries cannot read it.",
        "There is a rule that flags forwarding.",
        "Forwarding of mail to adversaries can be prevented by rules.",
    ],
)
def test_what_is_done_is_stated(sentence: str) -> None:
    assert stated(sentence).text == sentence


@pytest.mark.parametrize(
    "sentence",
    [
        *("This is scored as Partial.", "The score of this control is Minimal because rules detect little."),
        *(
            "Due to this detection, the score is Minimal.",
            "This detection is rated Partial.",
            "The coverage factor is low.",
        ),
        "This mapping is given a score of Significant, since it can protect mail.",
        "As a result of this detection, its coverage is assessed as Partial.",
        "This control provides partial protection for most of this technique's sub-techniques.",
        "Rules provide Partial detection of this technique.",
    ],
)
def test_talk_of_the_score_is_refused(sentence: str) -> None:
    assert statement(sentence, "coverage") is None


@pytest.mark.parametrize(
    "tail",
    [
        " resulting in an overall score of Partial.",
        ", resulting in a Minimal score.",
        ", and therefore its score is Partial.",
        ", so this is scored as Minimal.",
        "; hence the overall score is Minimal.",
    ],
)
def test_a_score_behind_a_statement_is_cut_off(tail: str) -> None:
    assert stated(f"Rules detect forwarding of mail by its header{tail}").text == (
        "Rules detect forwarding of mail by its header …"
    )


@pytest.mark.parametrize(
    "sentence",
    [
        *("This control does not detect forwarding.", "Rules cannot prevent it.", "Rules can't detect it in time."),
        *("Protection is limited to mail.", "Detection is periodic at an unknown rate.", "Rules may be bypassed."),
        *("This control only protects mailboxes.", "Rules are unable to detect it.", "It is difficult to detect mail."),
        *("There is no visibility of mail that is sent.", "While rules do not protect mail, they exist."),
        *("However, this control does not protect against it.", "The detection is specific to mail."),
        *("Rules fail to detect it.", "It is not effective against mail that is protected."),
        *("This control only provides detection for mail.", "Kinds such as letters are not easily mitigated by rules."),
    ],
)
def test_a_limit_alone_is_refused(sentence: str) -> None:
    assert statement(sentence, "coverage") is None


def test_a_limit_behind_a_statement_stays_and_is_known() -> None:
    sentence = "Rules detect forwarding, but do not address other mail."
    assert stated(sentence).text == sentence
    assert stated(sentence).limited
    assert not stated("Rules detect forwarding.").limited


@pytest.mark.parametrize(
    "sentence",
    [
        "Adversaries may forward mail to avoid detection.",
        "An adversary may send mail, which can prevent its detection.",
        "By stealing keys, attackers are able to evade defenses and monitoring.",
        "Attackers often use rules that block alerts.",
        "Threat actors in possession of a mailbox could disable its protection.",
        "Mailboxes are used by adversaries to evade detection.",
        "Attacks involve adversaries that monitor mail.",
        "Malware is designed to hide from what detects it.",
        "Forwarding can occur where logs are stolen.",
        "Once attackers hold a mailbox, they monitor it.",
        "The file helps the attacker monitor mail.",
    ],
)
def test_what_adversaries_do_is_refused(sentence: str) -> None:
    assert statement(sentence, "coverage") is None


@pytest.mark.parametrize(
    "sentence",
    [
        "An attacker can exploit this to execute commands.",
        "Attackers have gained access by it.",
        "This vulnerability allows an adversary to read files.",
    ],
)
def test_what_adversaries_do_is_stated_of_an_exposed_technique(sentence: str) -> None:
    found = statement(sentence, "exposure")
    assert found is not None
    assert found.text == sentence
    assert not found.weak


@pytest.mark.parametrize(
    "sentence",
    [
        "How attackers gain access has not been told.",
        "No articles tell how attackers gain access.",
        "It exists in the mail server.",
    ],
)
def test_what_tells_nothing_of_an_exposed_technique_is_refused(sentence: str) -> None:
    assert statement(sentence, "exposure") is None


@pytest.mark.parametrize(
    "sentence",
    [
        "The rule is enabled in the portal.",
        "Rules protect mail with the following checks.",
        "Protections are provided by the checks below:",
        "Detection and Prevention of Forwarding",
        "Mail protection (for all)",
        'He said: "rules protect mail.',
        "Many others detect mail.",
        "Protecting mail requires an E5 license.",
        "",
    ],
)
def test_what_tells_no_effect_is_refused(sentence: str) -> None:
    assert statement(sentence, "coverage") is None


@pytest.mark.parametrize("connective", ["Furthermore,", "However,", "As a result,"])
def test_a_connective_is_dropped(connective: str) -> None:
    found = stated(f"{connective} rules detect mail.")
    assert found.text == "Rules detect mail."
    assert found.cut


def test_the_name_of_something_is_not_what_it_does() -> None:
    assert stated("The suite has a Threat Detection Monitor that helps people.").weak
    assert not stated("The suite Detects mail that helps people.").weak
    assert not stated("Detection by the suite helps people.").weak


def test_weak_words_are_weak() -> None:
    assert stated("Rules ensure that mail is read.").weak
    assert not stated("Rules ensure that mail is monitored.").weak


def test_a_long_statement_is_cut_where_nothing_is_lost() -> None:
    head = "Rules detect " + "much " * 50 + "mail"
    found = stated(f"{head}, such as " + "letters, " * 30 + "and cards.")
    assert len(found.text) <= LONGEST
    assert found.cut
    assert found.text.startswith(head)


@pytest.mark.parametrize("turn", ["but this is of little use", "unless it is sent", "which does not protect mail"])
def test_a_long_statement_is_not_cut_where_the_rest_turns_it(turn: str) -> None:
    assert statement("Rules detect " + "much " * 50 + f"mail, of all kinds, {turn}.", "coverage") is None


def test_a_cut_without_a_verb_is_refused() -> None:
    assert (
        statement("Protecting " + "very " * 30 + "much mail, " + "letters " * 20 + "reduces what is read.", "coverage")
        is None
    )


def test_a_clause_before_a_turn_ends_as_cut() -> None:
    assert stated("Rules detect mail;").text == "Rules detect mail …"


def test_an_announced_list_is_cut_off() -> None:
    assert stated(
        "The following rules can detect mail that is sent to people of all kinds and ages everywhere:"
    ).text == ("The following rules can detect mail that is sent to people of all kinds and ages everywhere …")
