from traces_app.admin.lists import COUNTED, BoundedPaginator


def test_count_ends_at_the_limit_and_says_so() -> None:
    pages = BoundedPaginator(range(COUNTED + 5), 50)

    assert (pages.count, pages.num_pages, pages.is_cut) == (COUNTED, 200, True)


def test_count_up_to_the_limit_is_exact() -> None:
    assert [BoundedPaginator(range(n), 50).is_cut for n in (0, 1, COUNTED)] == [False] * 3
    assert BoundedPaginator(range(COUNTED), 50).count == COUNTED
