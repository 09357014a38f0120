"""How much memory the server takes while all traces of a project are exported, on each database.

    python -m benchmarks.export [--sqlite] [--postgresql] [--rows 100000]

Pages of 2,000 by ``POST /traces/search``, each after the last one's last trace, as Opik's SDK
reads them. What is printed is the largest resident size that any process of the server ever had:
when the project was filled, and at the end of the export.
"""

import json
import time
from pathlib import Path

from benchmarks import figures, places, workload
from benchmarks.clients import Client
from benchmarks.places import Place

PAGE = 2000
SEARCH = "/api/v1/private/traces/search"
MEGABYTE = 1_000_000


def peak(session: int) -> float:
    """In megabytes, of the processes that the server's first one has started."""
    return max(map(_largest, _members(session))) * 1024 / MEGABYTE


def _members(session: int) -> list[Path]:
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            fields = (process / "stat").read_text().rpartition(")")[2].split()
        except OSError:  # it has ended
            continue
        if int(fields[3]) == session:
            found.append(process)
    return found


def _largest(process: Path) -> int:
    """VmHWM, in KiB."""
    lines = (process / "status").read_text().splitlines()
    return int(next((line.split()[1] for line in lines if line.startswith("VmHWM")), "0"))


def export(client: Client) -> tuple[int, int]:
    """How many traces came, and how many bytes."""
    count = size = 0
    last = None
    while True:
        asked = {"project_name": workload.PROJECT, "limit": PAGE, "last_retrieved_id": last}
        said = client.ask("POST", SEARCH, json.dumps(asked | {"truncate": False}).encode())
        lines = said.splitlines()
        count, size = count + len(lines), size + len(said)
        if len(lines) < PAGE:
            return count, size
        last = json.loads(lines[-1])["id"]


def measure(place: Place, rows: int) -> list[str]:
    place.inside("fill", rows)
    client, session = Client(place.server), place.server.process.pid
    client.ask("POST", SEARCH, json.dumps({"project_name": workload.PROJECT, "limit": 1}).encode())
    before = peak(session)
    began = time.perf_counter()
    count, size = export(client)
    seconds = time.perf_counter() - began
    if count != rows:
        raise RuntimeError(f"{place.name}: {count} traces came instead of {rows}")
    return [
        place.name,
        f"{count:,}",
        f"{size / MEGABYTE:,.0f}",
        f"{seconds:.1f}",
        f"{count / seconds:,.0f}",
        f"{before:.0f}",
        f"{peak(session):.0f}",
    ]


def main() -> None:
    parser = places.parser(__doc__.partition("\n")[0])
    parser.add_argument("--rows", type=int, default=100_000, help="traces in the project")
    chosen = parser.parse_args()
    head = ["", "traces", "MB", "seconds", "traces/s", "peak MB before", "peak MB after"]
    with places.installations(chosen.databases) as running:
        lines = [measure(place, chosen.rows) for place in running]
        print(places.facts(running))
    print(figures.table(head, lines))


if __name__ == "__main__":
    main()
