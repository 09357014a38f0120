from traces_app import ids


def test_id_is_of_version_7_and_carries_its_time() -> None:
    found = ids.uuid7_of(1_700_000_000_123, b"seed")

    assert (found.version, found.variant) == (7, "specified in RFC 4122")
    assert ids.milliseconds_of(found) == 1_700_000_000_123


def test_same_seed_and_time_give_the_same_id() -> None:
    assert ids.uuid7_of(5, b"a") == ids.uuid7_of(5, b"a")
    assert len({ids.uuid7_of(5, b"a"), ids.uuid7_of(5, b"b"), ids.uuid7_of(6, b"a")}) == 3
