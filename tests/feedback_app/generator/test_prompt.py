from decimal import Decimal

from feedback_app.generator.prompt import Judged, messages

CHAT = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Is it covered?"}]


def test_a_conversation_keeps_its_messages_and_its_system_prompt() -> None:
    asked = messages(Judged(CHAT, "Yes.", Decimal("0.2"), "Only in year one."))

    assert asked[:3] == [*CHAT, {"role": "assistant", "content": "Yes."}]
    assert [each["role"] for each in asked[3:]] == ["user"]


def test_score_feedback_comments_and_wish_are_told() -> None:
    judged = Judged(
        CHAT, "Yes.", Decimal("0.20"), "Only in year one.", ["See §4"], "Maybe.", "Name the clause."
    )

    told = messages(judged)[-1]["content"]

    for said in ("0.2\n", "Only in year one.", "- See §4", "Maybe.", "Name the clause."):
        assert said in told


def test_a_lone_question_gets_a_system_prompt_and_an_absent_answer_is_said() -> None:
    asked = messages(Judged(CHAT[1:], " ", Decimal(0), "Nothing came."))

    assert [each["role"] for each in asked] == ["system", "user", "user"]
    assert "No answer was given" in asked[-1]["content"]
