"""Whether a crowd that pulls from one queue gives each item exactly the reviews that it needs.

    python -m benchmarks.crowd [--sqlite] [--postgresql]

20 reviewers, each in a browser of their own, judge a queue of 500 items that need two reviews
each. A quarter of them vanish for good with an item in hand, a quarter skip every seventh item
once, a quarter come back to every ninth item only after its reservation has expired. It ends with
an error unless there are exactly 1,000 reviews and 1,000 scores, two different people for each
item, every one of which the server has said to have taken, and nobody's but theirs.
"""

import json
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from benchmarks import figures, places
from benchmarks.places import Place
from benchmarks.reviewers import Reviewer

ITEMS, NEEDED, PEOPLE = 500, 2, 20
RESERVED = 15  # seconds
VANISH, SKIP, LATE, STEADY = "vanish", "skip", "late", "steady"
HABITS = (VANISH, SKIP, LATE, STEADY)
HEAD = ("", "seconds", "submits/s", "taken", "refused as late", "skipped")


@dataclass
class Worker:
    """One of the crowd, and what the server said to what was submitted."""

    reviewer: Reviewer
    email: str
    habit: str
    taken: list[str] = field(default_factory=list)
    refused: int = 0
    handed: int = 0
    skipped: set[str] = field(default_factory=set)

    def run(self) -> None:
        self.reviewer.open()
        while judged := self.reviewer.judged:
            self.handed += 1
            if self.habit == VANISH and self.handed > 10:
                return
            if self.habit == SKIP and self.handed % 7 == 0 and judged not in self.skipped:
                self.skipped.add(judged)
                self.reviewer.skip()
                continue
            if self.habit == LATE and self.handed % 9 == 0:
                time.sleep(RESERVED + 1)
            if self.reviewer.submit():
                self.taken.append(judged)
            else:
                self.refused += 1
                self.reviewer.open()


def play(place: Place) -> list[str]:
    made = json.loads(place.inside("work", ITEMS, NEEDED, PEOPLE, RESERVED))
    queue, password = made["queue"], made["password"]
    crowd = [
        Worker(Reviewer(place.server, queue, email, password), email, HABITS[n % len(HABITS)])
        for n, email in enumerate(made["people"])
    ]
    began = time.perf_counter()
    with ThreadPoolExecutor(PEOPLE) as pool:
        list(pool.map(Worker.run, crowd))
    while _is_open(place, queue):  # what is reserved comes free when its time is up
        time.sleep(1)
        for worker in crowd:
            if worker.habit != VANISH:
                worker.run()
    took = time.perf_counter() - began
    _check(crowd, json.loads(place.inside("tally", queue)))
    taken = sum(len(worker.taken) for worker in crowd)
    return [
        place.name,
        f"{took:.0f}",
        f"{taken / took:.0f}",
        str(taken),
        str(sum(worker.refused for worker in crowd)),
        str(sum(len(worker.skipped) for worker in crowd)),
    ]


def _is_open(place: Place, queue: str) -> bool:
    done: int = json.loads(place.inside("tally", queue))["done"]
    return done < ITEMS


def _check(crowd: list[Worker], found: dict[str, list[list[str]]]) -> None:
    said = sorted([judged, worker.email] for worker in crowd for judged in worker.taken)
    by_item = Counter(judged for judged, _ in found["reviews"])
    wrong = {
        "reviews are not those that were taken": found["reviews"] != said,
        "scores are not those of the reviews": found["scores"] != said,
        "somebody judged an item twice": len({tuple(pair) for pair in said}) != len(said),
        "an item was lost": len(by_item) != ITEMS,
        "an item has more or fewer reviews": set(by_item.values()) != {NEEDED},
        "an item counts them wrongly": found["counts"] != [NEEDED] * ITEMS,
    }
    if any(wrong.values()):
        raise SystemExit("; ".join(words for words, is_so in wrong.items() if is_so))


def main() -> None:
    asked = places.parser(__doc__.partition("\n")[0]).parse_args()
    with places.installations(asked.databases) as running:
        rows = [play(place) for place in running]
        print(places.facts(running))
    print(f"{ITEMS} items, {NEEDED} reviews each, {PEOPLE} people\n\n{figures.table(HEAD, rows)}")


if __name__ == "__main__":
    main()
