"""Agreement computed the slow and plain way, straight from the definitions, in exact fractions."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import permutations

Ratings = Mapping[str, Mapping[str, Fraction]]
"""By item, then by rater."""
Difference = Callable[[Fraction, Fraction], Fraction]


def pairs(ratings: Ratings, one: str, other: str) -> list[tuple[Fraction, Fraction]]:
    """What two raters said about the items that both rated."""
    both = (by for by in ratings.values() if one in by and other in by)
    return [(by[one], by[other]) for by in both]


def share_equal(said: Sequence[tuple[Fraction, Fraction]]) -> Fraction:
    return Fraction(sum(one == other for one, other in said), len(said))


def cohen(said: Sequence[tuple[Fraction, Fraction]]) -> Fraction:
    """Cohen's kappa, unweighted."""
    left, right = Counter(one for one, _ in said), Counter(other for _, other in said)
    by_chance = Fraction(sum(left[value] * right[value] for value in left), len(said) ** 2)
    return (share_equal(said) - by_chance) / (1 - by_chance)


def krippendorff(ratings: Ratings, difference: Difference) -> Fraction:
    """Krippendorff's alpha; items with one rating do not count."""
    units = [list(by.values()) for by in ratings.values() if len(by) > 1]
    values = [value for unit in units for value in unit]
    seen = sum(
        Fraction(sum(difference(*pair) for pair in permutations(unit, 2)), len(unit) - 1)
        for unit in units
    )
    by_chance = sum(difference(*pair) for pair in permutations(values, 2))
    return 1 - Fraction(seen * (len(values) - 1)) / by_chance


def nominal(one: Fraction, other: Fraction) -> Fraction:
    return Fraction(one != other)


def interval(one: Fraction, other: Fraction) -> Fraction:
    return (one - other) ** 2


def ordinal(ratings: Ratings) -> Difference:
    """The difference by rank, which depends on how often each value was given."""
    counts = Counter(value for by in ratings.values() if len(by) > 1 for value in by.values())

    def difference(one: Fraction, other: Fraction) -> Fraction:
        low, high = sorted((one, other))
        between = sum(count for value, count in counts.items() if low <= value <= high)
        return (between - Fraction(counts[low] + counts[high], 2)) ** 2 if low != high else low * 0

    return difference


def sides(said: Sequence[tuple[Fraction, Fraction]], line: Fraction) -> Iterator[tuple[bool, bool]]:
    """Whether each of the two is at or over ``line``."""
    return ((one >= line, other >= line) for one, other in said)
