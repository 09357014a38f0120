"""PostgreSQL's twins of the functions in ``traces_app.query.sql_functions``.

Those with an EXCEPTION block open a subtransaction, which no parallel plan may do.
"""

from django.db import migrations

FUNCTIONS = """
CREATE FUNCTION marginalia_lower(document text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT lower(document{folding})
$$;

CREATE FUNCTION marginalia_contains(document text, part text) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT strpos(lower(coalesce(document, ''){folding}), lower(part{folding})) > 0
$$;

CREATE FUNCTION marginalia_json_text(document text, path text[]) RETURNS text
LANGUAGE plpgsql IMMUTABLE PARALLEL UNSAFE AS $$
DECLARE
    here json;
    step text;
BEGIN
    IF document IS NULL THEN
        RETURN NULL;
    END IF;
    BEGIN
        here := document::json;
        FOREACH step IN ARRAY path LOOP
            CASE json_typeof(here)
                WHEN 'object' THEN
                    here := here -> step;
                WHEN 'array' THEN
                    IF step !~ '^-?[0-9]{{1,9}}$' THEN
                        RETURN NULL;
                    END IF;
                    here := here -> step::integer;
                ELSE
                    RETURN NULL;
            END CASE;
        END LOOP;
        RETURN here #>> '{{}}';
    EXCEPTION WHEN data_exception OR program_limit_exceeded THEN
        RETURN NULL;
    END;
END
$$;

CREATE FUNCTION marginalia_number(document text) RETURNS double precision
LANGUAGE plpgsql IMMUTABLE PARALLEL UNSAFE AS $$
BEGIN
    IF document IS NULL
        OR document !~ '^[+-]?([0-9]+\\.?[0-9]*|\\.[0-9]+)([eE][+-]?[0-9]+)?$'
    THEN
        RETURN NULL;
    END IF;
    BEGIN
        RETURN document::double precision;
    EXCEPTION WHEN data_exception THEN
        RETURN NULL;
    END;
END
$$;

CREATE FUNCTION marginalia_has_tag(tags text, tag text) RETURNS boolean
LANGUAGE plpgsql IMMUTABLE PARALLEL UNSAFE AS $$
BEGIN
    IF tags IS NULL THEN
        RETURN false;
    END IF;
    BEGIN
        RETURN EXISTS (
            SELECT 1 FROM json_array_elements_text(tags::json) AS element WHERE element = tag
        );
    EXCEPTION WHEN data_exception OR program_limit_exceeded THEN
        RETURN false;
    END;
END
$$;

CREATE FUNCTION marginalia_tag_contains(tags text, part text) RETURNS boolean
LANGUAGE plpgsql IMMUTABLE PARALLEL UNSAFE AS $$
BEGIN
    IF tags IS NULL THEN
        RETURN false;
    END IF;
    BEGIN
        RETURN EXISTS (
            SELECT 1 FROM json_array_elements_text(tags::json) AS element
            WHERE strpos(lower(element{folding}), lower(part{folding})) > 0
        );
    EXCEPTION WHEN data_exception OR program_limit_exceeded THEN
        RETURN false;
    END;
END
$$;
"""

NAMES = (
    "marginalia_tag_contains(text, text)",
    "marginalia_has_tag(text, text)",
    "marginalia_number(text)",
    "marginalia_json_text(text, text[])",
    "marginalia_contains(text, text)",
    "marginalia_lower(text)",
)


def create(apps, schema_editor):
    if schema_editor.connection.vendor != "postgresql":
        return
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_collation WHERE collname = 'und-x-icu'")
        folding = ' COLLATE "und-x-icu"' if cursor.fetchone() else ""
    schema_editor.execute(FUNCTIONS.format(folding=folding))


def drop(apps, schema_editor):
    if schema_editor.connection.vendor != "postgresql":
        return
    for name in NAMES:
        schema_editor.execute(f"DROP FUNCTION {name}")


class Migration(migrations.Migration):
    dependencies = [("traces_app", "0001_initial")]

    operations = [migrations.RunPython(create, drop)]
