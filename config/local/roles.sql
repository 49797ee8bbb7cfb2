-- Roles and rights of a Laurel database. Run by a superuser in the database itself; can be run again.
-- laurel_owner owns tables and runs migrations; laurel_app serves requests and obeys row-level security.
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'laurel_owner') THEN
        CREATE ROLE laurel_owner LOGIN CREATEDB NOSUPERUSER NOBYPASSRLS;
    END IF;
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'laurel_app') THEN
        CREATE ROLE laurel_app LOGIN NOSUPERUSER NOBYPASSRLS;
    END IF;
END
$$;

CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE EXTENSION IF NOT EXISTS citext;
CREATE EXTENSION IF NOT EXISTS unaccent;

ALTER DEFAULT PRIVILEGES FOR ROLE laurel_owner IN SCHEMA public
    GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO laurel_app;
ALTER DEFAULT PRIVILEGES FOR ROLE laurel_owner IN SCHEMA public
    GRANT USAGE, SELECT ON SEQUENCES TO laurel_app;
