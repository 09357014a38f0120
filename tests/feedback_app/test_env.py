from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from feedback_app import env


@pytest.mark.parametrize("text", ["0", "65536", "-1", "8000.5", "eighty", "", "٨", "9" * 5000])
def test_number_out_of_range_is_a_sentence(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv("PORT", text)

    with pytest.raises(ImproperlyConfigured, match="PORT must be a whole number from 1 to 65535"):
        env.number("PORT", default=8000, high=65535)


def test_number_falls_back_to_its_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PORT", raising=False)

    assert env.number("PORT", default=8000, high=65535) == 8000


@pytest.mark.parametrize("text", ["example.org", "ftp://example.org", "https://", "http://a/b"])
def test_base_url_that_is_no_address_is_a_sentence(
    monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    monkeypatch.setenv("BASE_URL", text)

    with pytest.raises(ImproperlyConfigured, match="BASE_URL must be like"):
        env.base_url(8000)


def test_base_url_has_no_slash_at_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BASE_URL", "https://example.org/")

    assert env.base_url(8000) == "https://example.org"


@pytest.mark.parametrize(
    "url",
    ["nonsense", "mysql://u:sesame@h/db", "postgresql://u:sesame@h:port/db", "postgresql://h"],
)
def test_wrong_database_address_is_a_sentence_without_the_password(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, url: str
) -> None:
    monkeypatch.setenv("DATABASE_URL", url)

    with pytest.raises(ImproperlyConfigured, match="DATABASE_URL") as caught:
        env.database(tmp_path, threads=8)

    assert "sesame" not in str(caught.value)


def test_pool_has_a_connection_for_each_thread_and_two_more(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgres://u:p@h/db")

    options = env.database(tmp_path, threads=8)["OPTIONS"]

    assert isinstance(options, dict)
    assert options["pool"]["max_size"] == 10


@pytest.mark.parametrize(("said", "threshold"), [("", 5), ("on", 5), ("off", None), ("0", None)])
def test_statements_are_prepared_unless_a_pooler_cannot(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, said: str, threshold: int | None
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgres://u:p@h/db")
    if said:
        monkeypatch.setenv("PREPARED_STATEMENTS", said)

    options = env.database(tmp_path, threads=8)["OPTIONS"]

    assert isinstance(options, dict)
    assert options["prepare_threshold"] == threshold


def test_sqlite_is_waited_for_as_long_as_was_said(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.setenv("SQLITE_TIMEOUT", "7")

    options = env.database(tmp_path, threads=8)["OPTIONS"]

    assert isinstance(options, dict)
    assert options["timeout"] == 7


def test_secret_key_is_made_once_for_its_owner_alone(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("SECRET_KEY", raising=False)

    key = env.secret_key(tmp_path)

    assert len(key) >= 50
    assert env.secret_key(tmp_path) == key
    assert (tmp_path / "secret_key").stat().st_mode & 0o777 == 0o600


def test_private_file_of_another_process_stays(tmp_path: Path) -> None:
    env.write_private(tmp_path / "file", "first", replace=False)

    env.write_private(tmp_path / "file", "second", replace=False)

    assert (tmp_path / "file").read_text(encoding="utf-8") == "first"
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_private_file_may_be_replaced(tmp_path: Path) -> None:
    env.write_private(tmp_path / "file", "first", replace=True)

    env.write_private(tmp_path / "file", "second", replace=True)

    assert (tmp_path / "file").read_text(encoding="utf-8") == "second"


def test_new_data_folder_is_for_its_owner_alone(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "a" / "data"))

    folder = env.data_dir()

    assert folder.stat().st_mode & 0o777 == 0o700
    assert not list(folder.iterdir())


def test_attachments_are_in_the_data_folder_for_their_owner_alone(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("ATTACHMENT_STORAGE", raising=False)

    storage = env.attachment_storage(tmp_path)

    assert storage["OPTIONS"] == {
        "location": tmp_path / "attachments",
        "file_permissions_mode": 0o600,
        "directory_permissions_mode": 0o700,
    }


def test_attachments_may_be_in_another_storage(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("ATTACHMENT_STORAGE", "storages.backends.s3.S3Storage")
    monkeypatch.setenv("ATTACHMENT_STORAGE_OPTIONS", '{"bucket_name": "traces"}')

    storage = env.attachment_storage(tmp_path)

    assert storage == {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {"bucket_name": "traces"},
    }


@pytest.mark.parametrize("text", ["{", "[]", "bucket"])
def test_storage_options_that_are_no_object_are_a_sentence(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, text: str
) -> None:
    monkeypatch.setenv("ATTACHMENT_STORAGE_OPTIONS", text)

    with pytest.raises(ImproperlyConfigured, match="ATTACHMENT_STORAGE_OPTIONS"):
        env.attachment_storage(tmp_path)


def test_no_generator_without_its_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GENERATOR_BASE_URL", raising=False)
    monkeypatch.setenv("GENERATOR_MODEL", "writer")

    assert env.generator(longest=300) is None


def test_generator_is_read_and_does_not_print_its_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GENERATOR_BASE_URL", "http://127.0.0.1:11434/v1/")
    monkeypatch.setenv("GENERATOR_MODEL", " writer ")
    monkeypatch.setenv("GENERATOR_API_KEY", "sk-secret")

    found = env.generator(longest=300)

    assert found == env.Generator("http://127.0.0.1:11434/v1", "writer", "sk-secret", 60)
    assert "secret" not in repr(found)


@pytest.mark.parametrize(
    ("name", "text", "sentence"),
    [
        ("BASE_URL", "api.example.org", "GENERATOR_BASE_URL must be like"),
        ("BASE_URL", "https://key@example.org", "the key goes into"),
        ("MODEL", " ", "name the model in GENERATOR_MODEL"),
        ("API_KEY", "schlüssel", "characters that no key has"),
        ("TIMEOUT", "300", "GENERATOR_TIMEOUT must be a whole number from 1 to 299"),
    ],
)
def test_generator_that_cannot_work_is_a_sentence(
    monkeypatch: pytest.MonkeyPatch, name: str, text: str, sentence: str
) -> None:
    monkeypatch.setenv("GENERATOR_BASE_URL", "https://example.org/v1")
    monkeypatch.setenv("GENERATOR_MODEL", "writer")
    monkeypatch.setenv(f"GENERATOR_{name}", text)

    with pytest.raises(ImproperlyConfigured, match=sentence):
        env.generator(longest=300)
