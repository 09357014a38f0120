"""What happened, told so that a person understands it."""

import pytest

from feedback_app.trace_page.wording import Told, tell


def score(
    value: float | None = None, reason: str = "", name: str = "User feedback"
) -> dict[str, object]:
    return {"name": name, "value": value, "reason": reason}


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        (score(), score(0.3), Told("scored", "", "0.3")),
        (score(0.5), score(0.3), Told("scored", "0.5", "0.3")),
        (score(), score(0.3, "wrong"), Told("scored", "", "0.3", why="“wrong”")),
        (score(0.3, "a"), score(0.3, "b"), Told("changed the feedback", "a", "b")),
        (score(0.3, "a"), score(0.3), Told("removed the feedback", "a", "")),
        (score(), score(1, name="Grounded"), Told("scored Grounded", "", "1")),
        (
            score(1, "a", name="Grounded"),
            score(1, "b", name="Grounded"),
            Told("changed the feedback on Grounded", "a", "b"),
        ),
    ],
)
def test_scores_are_told_by_what_changed(
    before: dict[str, object], after: dict[str, object], told: Told
) -> None:
    assert tell("score.set", before, after, {}) == told


def test_a_removed_score_names_whose_it_was() -> None:
    told = tell("score.delete", score(0.3, "wrong") | {"author": "an-id"}, {}, {})

    assert told == Told("removed the score", "0.3", whose="an-id", why="“wrong”")


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ({"feedback": None}, {"feedback": "new"}, Told("wrote feedback", "", "new")),
        ({"feedback": "old"}, {"feedback": "new"}, Told("changed the feedback", "old", "new")),
        ({"feedback": "old"}, {"feedback": None}, Told("removed the feedback", "old", "")),
    ],
)
def test_words_alone_are_told(
    before: dict[str, object], after: dict[str, object], told: Told
) -> None:
    assert tell("feedback.set", before, after, {}) == told


def test_a_move_names_the_projects_and_a_gone_one_is_said_to_be() -> None:
    told = tell("trace.move", {"project": "a"}, {"project": "b"}, {"b": "support"})

    assert (told.before, told.after) == ("one that is gone", "support")


def test_a_dataset_is_named_with_the_answer_that_it_took() -> None:
    told = tell("trace.add_to_dataset", {}, {"dataset": "d", "source": "correction"}, {"d": "gold"})

    assert told == Told("added it to", "", "gold", why="The correction is the answer.")


def test_a_refusal_of_the_dataset_says_why() -> None:
    told = tell("trace.add_to_dataset", {}, {"status": "failed", "error": "No output."}, {})

    assert told == Told("could not add it to a dataset", why="No output.")


def test_long_texts_are_cut_to_one_line() -> None:
    told = tell("comment.add", {}, {"text": "a\nb " + "c" * 200}, {})

    assert told.after.startswith("a b cc")
    assert len(told.after) == 120


def test_no_raw_action_is_ever_shown() -> None:
    assert tell("trace.frobnicate", {}, {}, {}) == Told("changed it")
