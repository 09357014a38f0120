from io import StringIO

from feedback_app.management.progress import CLEAR, Progress


class Terminal(StringIO):
    def isatty(self) -> bool:
        return True


def test_terminal_shows_a_bar_and_takes_it_away() -> None:
    out = Terminal()
    progress = Progress(out, 2_000_000, "traces")

    progress.show(1_000_000, 1500)
    progress.clear()

    bar = f"[{'#' * 12}{'-' * 12}]  50%  1.0 of 2.0 MB  1,500 traces"
    assert out.getvalue() == f"{CLEAR}{bar}{CLEAR}"


def test_bar_is_drawn_at_most_ten_times_a_second() -> None:
    out = Terminal()
    progress = Progress(out, 100, "traces")

    for read in range(100):
        progress.show(read, read)

    assert out.getvalue().count("traces") < 10


def test_line_stands_above_the_bar() -> None:
    out = Terminal()
    progress = Progress(out, 100, "traces")
    progress.show(50, 1)

    progress.say("Line 3: no")

    before, after = out.getvalue().split("Line 3: no\n")
    assert before.endswith(CLEAR)
    assert after.startswith(f"{CLEAR}[")


def test_elsewhere_there_is_a_line_now_and_then() -> None:
    out = StringIO()
    progress = Progress(out, 4_000_000, "traces")

    for number in range(1, 5):
        progress.show(number * 1_000_000, number * 25_000)

    assert out.getvalue().splitlines() == [
        " 50%  2.0 of 4.0 MB  50,000 traces",
        "100%  4.0 of 4.0 MB  100,000 traces",
    ]


def test_without_a_total_there_is_no_share() -> None:
    out = Terminal()

    Progress(out, 0, "traces").show(1_500_000, 10)

    assert out.getvalue() == f"{CLEAR}1.5 MB  10 traces"
