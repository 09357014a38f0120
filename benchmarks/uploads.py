"""Large files in and out: how long they take, and how much memory the server needs for them."""

import http.client
import json
import os
import time
from argparse import Namespace
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

from uuid_utils.compat import uuid7

from benchmarks import figures, places
from tests.servers import Server

BLOCK = os.urandom(1024 * 1024)
API = "/api/v1/private/attachment"
KIB_A_MIB = 1024
HEAD = ("", "seconds", "largest peak RSS, MiB", "growth since the small file, MiB")
"""Of the server's processes: the largest, and the one that grew most."""


def main() -> None:
    parser = places.parser(__doc__ or "")
    parser.add_argument("--mib", type=int, default=200, help="size of a file")
    parser.add_argument("--at-once", type=int, default=4, help="files at the same time")
    asked = parser.parse_args()
    with places.installations(asked.databases) as measured:
        print(places.facts(measured))
        for place in measured:
            print(f"\n{place.name}, files of {asked.mib} MiB\n{_rows(place, asked)}")


def _rows(place: places.Place, asked: Namespace) -> str:
    server, mib, many = place.server, asked.mib, asked.at_once
    trace, crowd = str(uuid7()), [str(uuid7()) for _ in range(many)]
    steps: list[tuple[str, Callable[[], object]]] = [
        ("a small file, up and down", lambda: (_up(server, crowd[0], 1), _down(server, crowd[0]))),
        ("one up", lambda: _up(server, trace, mib)),
        ("one down", lambda: _down(server, trace)),
        (f"{many} up at once", lambda: _each(lambda pk: _up(server, pk, mib), crowd)),
        (f"{many} down at once", lambda: _each(lambda pk: _down(server, pk), crowd)),
    ]
    rows = []
    before: dict[int, float] = {}
    for name, step in steps:
        began = time.perf_counter()
        step()
        took = time.perf_counter() - began
        peaks = _peaks(server.process.pid)
        before = before or peaks
        grown = max(peak - before.get(pid, 0) for pid, peak in peaks.items())
        rows.append((name, f"{took:.1f}", f"{max(peaks.values()):.0f}", f"{grown:+.1f}"))
    return figures.table(HEAD, rows)


def _each(work: Callable[[str], object], ids: list[str]) -> None:
    with ThreadPoolExecutor(len(ids)) as pool:
        list(pool.map(work, ids))


def _up(server: Server, owner: str, mib: int) -> None:
    """Send a file in chunks without saying how long it is, as the SDK does."""
    wanted = {"entity_type": "trace", "entity_id": owner, "file_name": "large.bin", "path": ""}
    answer = json.loads(_ask(server, "POST", f"{API}/upload-start", json.dumps(wanted)))
    url = urlsplit(answer["pre_sign_urls"][0])

    def chunks() -> Iterator[bytes]:
        for _ in range(mib):
            yield BLOCK

    _ask(server, "PUT", f"{url.path}?{url.query}", chunks())


def _down(server: Server, owner: str) -> None:
    _ask(server, "GET", f"{API}/download?entity_type=trace&entity_id={owner}&file_name=large.bin")


def _ask(server: Server, method: str, path: str, body: str | Iterator[bytes] | None = None) -> str:
    """A small answer as text; of a large one the end."""
    connection = http.client.HTTPConnection(urlsplit(server.base_url).netloc, timeout=300)
    headers = {"Authorization": server.key, "Content-Type": "application/json"}
    connection.request(method, path, body, headers, encode_chunked=isinstance(body, Iterator))
    answer = connection.getresponse()
    if answer.status >= 300:
        raise RuntimeError(f"{method} {path}: {answer.status} {answer.read(80)!r}")
    last = b""
    while part := answer.read(len(BLOCK)):
        last = part
    connection.close()
    return last.decode(errors="replace")


def _peaks(leader: int) -> dict[int, float]:
    """The most memory, in MiB, that each process below the server's first has ever had."""
    told = {}
    for status in Path("/proc").glob("[0-9]*/status"):
        with suppress(OSError):  # it has ended
            lines = status.read_text().splitlines()
            told[int(status.parent.name)] = dict(line.split(":", 1) for line in lines)
    ours, found = {leader}, 0
    while found < len(ours):  # until no child of theirs is new
        found = len(ours)
        ours |= {pid for pid, facts in told.items() if int(facts["PPid"]) in ours}
    return {pid: int(told[pid].get("VmHWM", "0").split()[0]) / KIB_A_MIB for pid in ours - {leader}}


if __name__ == "__main__":
    main()
