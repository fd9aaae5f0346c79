-- What components/postgres needs beside an empty database: the table of settings and the trigger that tells of changes. As the database's
-- owner, and as often as one likes:
--
--   psql postgresql://tandem:tandem@localhost/tandem -f components/postgres/setup.sql
--
-- where an administrator made both with: CREATE ROLE tandem LOGIN PASSWORD 'tandem'; CREATE DATABASE tandem OWNER tandem;
-- All other tables are made by who uses them: the sidecar its state, each service those of its own database.
CREATE TABLE IF NOT EXISTS configuration (
    key       varchar NOT NULL,
    value     varchar NOT NULL,
    version   varchar NOT NULL,
    metadata  json
);

CREATE OR REPLACE FUNCTION tell_of_configuration() RETURNS trigger AS $$
BEGIN
    PERFORM pg_notify('configuration', json_build_object(
        'table', TG_TABLE_NAME,
        'action', TG_OP,
        'data', CASE WHEN TG_OP = 'DELETE' THEN row_to_json(OLD) ELSE row_to_json(NEW) END)::text);
    RETURN NULL;
END;
$$ LANGUAGE plpgsql;

CREATE OR REPLACE TRIGGER tell_of_configuration
AFTER INSERT OR UPDATE OR DELETE ON configuration
FOR EACH ROW EXECUTE FUNCTION tell_of_configuration();
