"""The figures that the sample's README promises, computed anew from the stored scores."""

from collections import Counter, defaultdict
from fractions import Fraction
from typing import Any

import pytest

from feedback_app.models import User
from feedback_app.sample.load import FOLDER
from feedback_app.services import sample
from tests import factories
from tests.feedback_app.sample import agreement
from tests.feedback_app.sample.agreement import Difference, Ratings
from traces_app.models import Role, Score

pytestmark = pytest.mark.django_db

README = (FOLDER / "README.md").read_text(encoding="utf-8")
PAIRS = (("noor", "tomas"), ("noor", "ines"), ("tomas", "ines"))
LINE = Fraction(7, 10)
YES, NO = Fraction(1), Fraction(0)


@pytest.fixture(scope="module")
def by_name(module_db: None) -> dict[str, dict[str, dict[str, Fraction]]]:
    """What is stored, by score name, trace and rater."""
    workspace = factories.workspace()
    owner = factories.member(workspace, Role.OWNER)
    sample.load(workspace=workspace, owner=owner)
    short = {email: name for name, (email, _) in sample.REVIEWERS.items()}
    authors = {user.pk: short.get(user.email, "judge") for user in User.objects.all()}
    found: dict[str, Any] = defaultdict(lambda: defaultdict(dict))
    for score in Score.objects.filter(entity_type="trace"):
        found[score.name][str(score.entity_id)][authors[score.author_id]] = Fraction(score.value)
    return found


def of_people(ratings: Ratings) -> Ratings:
    people = {
        item: {rater: value for rater, value in by.items() if rater != "judge"}
        for item, by in ratings.items()
    }
    return {item: by for item, by in people.items() if by}


def percent(share: Fraction) -> str:
    return f"{float(share * 100):.1f} %"


@pytest.mark.parametrize(
    ("name", "level"), [("Grounded", "nominal"), ("Tone", "ordinal"), ("User feedback", "interval")]
)
def test_counts_are_as_documented(by_name: dict[str, Any], name: str, level: str) -> None:
    ratings = of_people(by_name[name])
    sizes = [len(by) for by in ratings.values()]

    several, all_three = sum(n > 1 for n in sizes), sizes.count(3)

    assert f"\n| {name} | {level} | {len(sizes)} | {several} | {all_three} |\n" in README


@pytest.mark.parametrize("name", ["Grounded", "Tone"])
def test_agreement_on_categories_is_as_documented(by_name: dict[str, Any], name: str) -> None:
    ratings = of_people(by_name[name])
    difference = agreement.nominal if name == "Grounded" else agreement.ordinal(ratings)

    said = [agreement.pairs(ratings, *pair) for pair in PAIRS]
    cells = [
        f"{percent(agreement.share_equal(pair))} ({float(agreement.cohen(pair)):.3f})"
        for pair in said
    ]

    assert f"\n| {name} | {' | '.join(cells)} | {alpha(ratings, difference)} |\n" in README


def test_agreement_of_the_verdicts_is_as_documented(by_name: dict[str, Any]) -> None:
    ratings = of_people(by_name["User feedback"])

    cells = []
    for pair in PAIRS:
        said = agreement.pairs(ratings, *pair)
        same = [one == other for one, other in agreement.sides(said, LINE)]
        cells.append(f"{percent(Fraction(sum(same), len(same)))} of {len(same)}")

    row = f"\n| User feedback | {' | '.join(cells)} | {alpha(ratings, agreement.interval)} |\n"
    assert row in README


def test_contingency_tables_of_grounded_are_as_documented(by_name: dict[str, Any]) -> None:
    names = {"noor": "Noor", "tomas": "Tomás", "ines": "Ines"}
    ratings = of_people(by_name["Grounded"])

    for one, other in PAIRS:
        said = agreement.pairs(ratings, one, other)
        counts = Counter(said)
        cells = [str(counts[yes]) for yes in ((YES, YES), (YES, NO), (NO, YES), (NO, NO))]
        assert f"\n| {names[one]} by {names[other]} | {' | '.join(cells)} |\n" in README


def test_judge_agrees_with_the_majority_as_documented(by_name: dict[str, Any]) -> None:
    ratings = by_name["Grounded"]
    people = of_people(ratings)

    same = [
        (ratings[item]["judge"] >= Fraction(1, 2)) == (sum(by.values()) >= 2)
        for item, by in people.items()
    ]

    assert f"with the majority of the three on {sum(same)} of the {len(same)}." in README


def alpha(ratings: Ratings, difference: Difference) -> str:
    return f"{float(agreement.krippendorff(ratings, difference)):.4f}"
