"""How long the newest page takes as a project grows, on each database.

    python -m benchmarks.lists [--sqlite] [--postgresql] [--rows 10000 100000] [--rows 1000000]

Rows are written by the product's own statement, not through HTTP: a million take minutes and some
5 GB of disk on each database. Lists are asked through HTTP, both databases in turn; the lines that
begin with "queryset" leave HTTP out.
"""

import json
from collections.abc import Sequence
from urllib.parse import quote

from benchmarks import figures, places, workload
from benchmarks.clients import Client, signed_in
from benchmarks.places import Place

ROWS = [10_000, 100_000]
SAMPLES = 60
WARM = 3
ABOVE = [{"field": "feedback_scores", "key": workload.SCORE, "operator": ">", "value": "0.8"}]


class Asked:
    """The lists of one installation, each by its name."""

    def __init__(self, place: Place, rows: int) -> None:
        self.rows = rows
        self.api, self.browser = Client(place.server), signed_in(place.server)
        project = quote(workload.PROJECT)
        opik = f"/api/v1/private/traces?project_name={project}&size=25"
        found = json.loads(self.api.ask("GET", f"/api/v1/private/projects?name={project}"))
        prem = f"/api/v1/traces?projectId={found['content'][0]['id']}&pageSize=25"
        one = workload.trace_id(rows // 2)
        self.paths = {
            "Opik: GET traces, newest 25": (self.api, opik),
            "Opik: feedback_scores > 0.8": (self.api, f"{opik}&filters={quote(json.dumps(ABOVE))}"),
            "Prem: GET traces, newest 25": (self.api, prem),
            "page: trace list": (self.browser, "/traces"),
            "page: one trace": (self.browser, f"/traces/{one}"),
        }

    def times(self, name: str) -> list[float]:
        client, path = self.paths[name]
        client.connection.close()  # the server has hung up if the other database took long
        try:
            if "filters" in path and json.loads(client.ask("GET", path))["total"] == self.rows:
                raise RuntimeError(f"{name}: nothing is filtered")
            seconds = [client.timed("GET", path) for _ in range(WARM + SAMPLES)]
        except RuntimeError as error:
            print(error)
            return []
        return seconds[WARM:]


def measure(running: Sequence[Place], rows: int) -> dict[tuple[str, str], list[float]]:
    """Seconds by (question, database), the databases taking turns at each question."""
    found: dict[tuple[str, str], list[float]] = {}
    for place in running:
        place.inside("fill", rows)
    asked = {place.name: Asked(place, rows) for place in running}
    for name in next(iter(asked.values())).paths:
        for database, lists in asked.items():
            found[name, database] = lists.times(name)
    for place in running:
        for name, seconds in json.loads(place.inside("ask", rows)).items():
            found[name, place.name] = seconds
    return found


def main() -> None:
    parser = places.parser(__doc__.partition("\n")[0])
    parser.add_argument("--rows", type=int, nargs="+", action="extend", help="10000 and 100000")
    chosen = parser.parse_args()
    sizes = sorted(set(chosen.rows or ROWS))
    found: dict[int, dict[tuple[str, str], list[float]]] = {}
    with places.installations(chosen.databases) as running:
        for rows in sizes:
            found[rows] = measure(running, rows)
        print(places.facts(running))
    print(f"ms, p50 / p95 of {SAMPLES} answers\n")
    head = ["rows in the project", "", *(f"{rows:,}" for rows in sizes)]
    lines = [
        [*key, *(figures.p50_p95(found[rows].get(key, [])) for rows in sizes)]
        for key in sorted(found[sizes[-1]])
    ]
    print(figures.table(head, lines))


if __name__ == "__main__":
    main()
