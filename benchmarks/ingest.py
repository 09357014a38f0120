"""How fast traces and scores come in, through HTTP with a key, on each database.

    python -m benchmarks.ingest [--sqlite] [--postgresql] [--rounds 8]

The servers of both databases run at once and are asked in turn, so that what else the machine does
falls on both alike. The workers beside them drain the outbox while batches come, as in life.
"""

import json
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from statistics import median

from benchmarks import figures, places, workload
from benchmarks.clients import Client
from benchmarks.places import Place
from tests.servers import Server

BATCH = 1000
SMALL, CLIENTS = 100, 4
SINGLES = 60
TRACES = "/api/v1/private/traces"
SCORES = f"{TRACES}/feedback-scores"


@dataclass
class Measured:
    """Of one database: traces a second, and seconds a request."""

    batches: list[float] = field(default_factory=list)
    crowd: list[float] = field(default_factory=list)
    replays: list[float] = field(default_factory=list)
    singles: list[float] = field(default_factory=list)
    first_scores: list[float] = field(default_factory=list)
    later_scores: list[float] = field(default_factory=list)
    statement: list[float] = field(default_factory=list)
    objects: list[float] = field(default_factory=list)


def measure(place: Place, measured: Measured, turn: int) -> None:
    """One round: new traces, the same again, smaller batches at once, single ones, scores."""
    server = place.server
    client, at = Client(server), turn * 10 * BATCH
    body = workload.body(BATCH, at)
    rate = BATCH / client.timed("POST", f"{TRACES}/batch", body)
    measured.batches.append(rate)
    measured.replays.append(BATCH / client.timed("POST", f"{TRACES}/batch", body))
    measured.crowd.append(_crowd(server, at + BATCH))
    for trace in workload.traces(SINGLES, at + 3 * BATCH):
        sent = json.dumps(trace).encode()
        measured.singles.append(client.timed("POST", TRACES, sent))
    for into, again in ((measured.first_scores, 0), (measured.later_scores, 1)):
        said = workload.scores(BATCH, at, turn=again)
        into.append(client.timed("PUT", SCORES, said))
    limits = json.loads(place.inside("limits", at + 4 * BATCH, BATCH))
    measured.statement.append(limits["statement"])
    measured.objects.append(limits["objects"])


def _crowd(server: Server, start: int) -> float:
    bodies = [workload.body(SMALL, start + SMALL * number) for number in range(CLIENTS * 4)]
    clients = [Client(server) for _ in range(CLIENTS)]

    def send(number: int) -> None:
        for body in bodies[number::CLIENTS]:
            clients[number].ask("POST", f"{TRACES}/batch", body)

    with ThreadPoolExecutor(CLIENTS) as pool:
        began = time.perf_counter()
        list(pool.map(send, range(CLIENTS)))
        return len(bodies) * SMALL / (time.perf_counter() - began)


def rows(found: Sequence[Measured]) -> list[list[str]]:
    def rate(name: str) -> list[str]:
        return [f"{median(getattr(one, name)):,.0f}" for one in found]

    def times(name: str) -> list[str]:
        return [figures.p50_p95(getattr(one, name)) for one in found]

    return [
        [f"batches of {BATCH:,}, 1 connection: traces/s", *rate("batches")],
        ["the same batches sent again: traces/s", *rate("replays")],
        [f"batches of {SMALL}, {CLIENTS} connections: traces/s", *rate("crowd")],
        ["one trace a request: ms, p50 / p95", *times("singles")],
        [f"PUT of {BATCH:,} scores, new: ms, p50 / p95", *times("first_scores")],
        [f"PUT of {BATCH:,} scores, overwriting: ms, p50 / p95", *times("later_scores")],
        ["without HTTP, our statement alone: rows/s", *rate("statement")],
        ["without HTTP, Django's bulk_create: rows/s", *rate("objects")],
    ]


def main() -> None:
    parser = places.parser(__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=8, help="how often everything is measured")
    chosen = parser.parse_args()
    with places.installations(chosen.databases) as running:
        found = {place.name: Measured() for place in running}
        for place in running:
            measure(place, Measured(), chosen.rounds)  # to warm up; not counted
        for turn in range(chosen.rounds):
            for place in running:
                measure(place, found[place.name], turn)
        print(places.facts(running))
    print(f"medians of {chosen.rounds} rounds\n")
    print(figures.table(["", *found], rows(list(found.values()))))


if __name__ == "__main__":
    main()
