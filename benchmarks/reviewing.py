"""How long a reviewer waits between a submit and the next item.

    python -m benchmarks.reviewing [--sqlite] [--postgresql] [--submits 200]

A queue of 500 traces, one reviewer, a submit after the other, each sent as the browser does: one
request with HTMX's headers, CSRF and the session, after the page has read ahead. Server time is
what gunicorn logs of the request, from its first byte read to its answer written; the round trip
is what the client waits.
"""

import json
import re
import time
from collections.abc import Sequence

from benchmarks import figures, places
from benchmarks.places import Place
from benchmarks.reviewers import Reviewer

ITEMS, SUBMITS, WARM = 500, 200, 20
MINUTE = 60
_LOG = {"GUNICORN_CMD_ARGS": "--access-logfile - --access-logformat 'took %(m)s %(U)s %(D)s'"}
_TOOK = re.compile(r"^took POST \S+/submit (\d+)$", re.MULTILINE)
HEAD = ("", "server, ms p50 / p95", "round trip, ms p50 / p95", "answer, KB")


def measure(place: Place, submits: int) -> Sequence[str]:
    made = json.loads(place.inside("work", ITEMS, 1, 1, 15 * MINUTE))
    reviewer = Reviewer(place.server, made["queue"], made["people"][0], made["password"]).open()
    trips, sizes = [], []
    for _ in range(WARM + submits):
        reviewer.read_ahead()
        began = time.perf_counter()
        taken = reviewer.submit()
        trips.append(time.perf_counter() - began)
        sizes.append(reviewer.size)
        if not taken or not reviewer.judged:
            raise RuntimeError("A submit was not taken, or the queue has come to its end.")
    logged = [int(micro) / 1_000_000 for micro in _TOOK.findall(place.server.printed())]
    return (
        place.name,
        figures.p50_p95(logged[WARM:]),
        figures.p50_p95(trips[WARM:]),
        f"{figures.percentile(sizes[WARM:], 50) / 1000:.1f}",
    )


def main() -> None:
    parser = places.parser(__doc__.partition("\n")[0])
    parser.add_argument("--submits", type=int, default=SUBMITS)
    asked = parser.parse_args()
    with places.installations(asked.databases, **_LOG) as running:
        rows = [measure(place, asked.submits) for place in running]
        print(places.facts(running))
    print(f"{asked.submits} submits, after {WARM} to warm up\n\n{figures.table(HEAD, rows)}")


if __name__ == "__main__":
    main()
