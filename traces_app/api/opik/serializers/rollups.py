"""What a trace shows of its spans: counts, usage, cost, providers, scores (opik.md §1)."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID

from traces_app import normal_form
from traces_app.api.opik.serializers.scores import number
from traces_app.models import EntityType, ScoreMean, Span
from traces_app.models.scores import to_billionths
from traces_app.services.score_rows import mean


@dataclass
class Rollup:
    """The spans of one trace, added up."""

    span_count: int = 0
    llm_span_count: int = 0
    has_tool_spans: bool = False
    cost: float | None = None
    usage: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    providers: set[str] = field(default_factory=set)
    span_ids: list[UUID] = field(default_factory=list)

    def add(self, row: dict[str, Any]) -> None:
        self.span_count += 1
        self.span_ids.append(row["pk"])
        self.llm_span_count += row["type"] == Span.Type.LLM
        self.has_tool_spans |= row["type"] == Span.Type.TOOL
        if row["total_estimated_cost"] is not None:
            self.cost = (self.cost or 0) + row["total_estimated_cost"]
        if row["provider"]:
            self.providers.add(row["provider"])
        usage = normal_form.load(row["usage"]) if row["usage"] else {}
        for name, count in usage.items() if isinstance(usage, dict) else ():
            if isinstance(count, int | float):
                self.usage[name] += int(count)


def of(
    project_ids: Collection[UUID], trace_ids: Collection[UUID]
) -> tuple[dict[UUID, Rollup], dict[UUID, list[dict[str, Any]]]]:
    """By trace: its spans added up, and the averages of their scores; two queries."""
    found: dict[UUID, Rollup] = defaultdict(Rollup)
    home: dict[UUID, UUID] = {}
    spans = Span.objects.filter(project_id__in=project_ids, trace_id__in=trace_ids)
    fields = ("pk", "trace_id", "type", "usage", "total_estimated_cost", "provider")
    for row in spans.values(*fields):
        found[row["trace_id"]].add(row)
        home[row["pk"]] = row["trace_id"]
    return found, _scores(project_ids, home) if home else {}


def _scores(
    project_ids: Collection[UUID], home: dict[UUID, UUID]
) -> dict[UUID, list[dict[str, Any]]]:
    values: dict[UUID, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    means = ScoreMean.objects.about(EntityType.SPAN, set(home)).filter(project_id__in=project_ids)
    for span_id, name, value in means.values_list("entity_id", "name", "value"):
        values[home[span_id]][name].append(to_billionths(value))
    return {
        trace_id: [
            {
                "name": name,
                "value": number(Decimal(mean(numbers)).scaleb(-9)),
                "source": "sdk",
            }
            for name, numbers in sorted(names.items())
        ]
        for trace_id, names in values.items()
    }
