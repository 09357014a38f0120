"""Who is meant by the words behind an @."""

import pytest
from uuid_utils.compat import uuid7

from traces_app.services.mentions import Person, Roll

ANNA = Person(uuid7(), "Anna Berg", "anna@example.com", "member")
ANNE = Person(uuid7(), "Anna Schmidt", "a.schmidt@example.com", "member")
JOSE = Person(uuid7(), "José", "jose@example.co", "reviewer")
JOSE_DE = Person(uuid7(), "", "jose@example.co.de", "viewer")
NOOR = Person(uuid7(), "نور حداد", "noor@example.com", "owner")
ROLL = Roll([ANNA, ANNE, JOSE, JOSE_DE, NOOR])


@pytest.mark.parametrize(
    ("text", "person", "words"),
    [
        ("@Anna Berg, look", ANNA, "Anna Berg"),
        ("(@anna berg's idea)", ANNA, "anna berg"),
        ("ask @Anna  Berg", ANNA, "Anna  Berg"),
        ("@anna@example.com.", ANNA, "anna@example.com"),
        ("@José", JOSE, "José"),
        ("@Jose\u0301!", JOSE, "Jose\u0301"),
        ("@jose@example.co", JOSE, "jose@example.co"),
        ("@jose@example.co.de", JOSE_DE, "jose@example.co.de"),
        ("@JOSE", JOSE_DE, "JOSE"),
        ("سؤال @نور حداد؟", NOOR, "نور حداد"),
        ("@نور", NOOR, "نور"),
    ],
)
def test_the_longest_name_behind_the_sign_counts(text: str, person: Person, words: str) -> None:
    found = ROLL.named_in(text)

    assert found.words == {person.pk: words}
    assert (found.shared, found.unknown) == ([], [])


@pytest.mark.parametrize("text", ["", "@", "@ Anna Berg", "write to anna@example.com", "a@José"])
def test_a_sign_within_a_word_or_before_none_names_nobody(text: str) -> None:
    found = ROLL.named_in(text)

    assert (found.words, found.shared, found.unknown) == ({}, [], [])


def test_a_name_of_two_people_names_neither() -> None:
    found = ROLL.named_in("@Anna, @anna")

    assert (found.words, found.shared) == ({}, ["Anna", "anna"])


@pytest.mark.parametrize("text", ["@Annabel", "@anna.berg", "@anna@example.community", "@\x00x"])
def test_a_longer_name_is_not_a_shorter_one(text: str) -> None:
    assert ROLL.named_in(text).words == {}


def test_unknown_names_are_told_once() -> None:
    assert ROLL.named_in("@nobody and @nobody, @property").unknown == ["nobody", "property"]


def test_a_text_full_of_signs_names_a_bounded_number() -> None:
    crowd = [Person(uuid7(), f"person{n}", f"p{n}@example.com", "member") for n in range(40)]
    text = " ".join(f"@{each.name}" for each in crowd)

    assert len(Roll(crowd).named_in(text).words) == 30
    assert len(ROLL.named_in("@x " * 1_000_000).unknown) == 1


def test_letters_find_people_by_the_beginning_of_any_name() -> None:
    assert list(ROLL.beginning("an")) == [ANNA, ANNE]
    assert list(ROLL.beginning("SCHM")) == [ANNE]
    assert list(ROLL.beginning("anna b")) == [ANNA]
    assert len(list(ROLL.beginning(""))) == 5


def test_a_handle_names_its_person_alone() -> None:
    namesake = Person(uuid7(), "Anna Berg", "other@example.com", "member")
    odd = Person(uuid7(), "(odd)", "odd@example.com", "member")

    handles = [Roll([ANNA, namesake, odd, JOSE]).handle(each) for each in (ANNA, namesake, odd)]

    assert handles == ["anna@example.com", "other@example.com", "odd@example.com"]
    assert ROLL.handle(JOSE) == "José"
