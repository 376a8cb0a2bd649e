-- The two databases, their owner and the two roles the product runs as. Safe to repeat.
--
-- Run it as an administrator of the server, with psql 15 or newer and the passwords in the
-- environment (so that they stand in no command line):
--
--   NS_OWNER_PASSWORD=… NS_APP_PASSWORD=… NS_VAULT_PASSWORD=… psql -d postgres -f deploy/roles.sql
--
-- ns_owner  owns every table; only migrations run as this role
-- ns_app    the site, the staff side and all jobs; cannot connect to the vault
-- ns_vault  the confidential records; can connect to the vault alone

\set ON_ERROR_STOP on
\set QUIET on
SET client_min_messages = warning;
\getenv owner_password NS_OWNER_PASSWORD
\getenv app_password NS_APP_PASSWORD
\getenv vault_password NS_VAULT_PASSWORD

SELECT format('CREATE ROLE %I', name)
  FROM unnest(ARRAY['ns_owner', 'ns_app', 'ns_vault']) AS name
 WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name)
\gexec

ALTER ROLE ns_owner LOGIN NOSUPERUSER NOCREATEROLE NOREPLICATION NOBYPASSRLS PASSWORD :'owner_password';
ALTER ROLE ns_app LOGIN NOSUPERUSER NOCREATEROLE NOCREATEDB NOREPLICATION NOBYPASSRLS PASSWORD :'app_password';
ALTER ROLE ns_vault LOGIN NOSUPERUSER NOCREATEROLE NOCREATEDB NOREPLICATION NOBYPASSRLS PASSWORD :'vault_password';

SELECT format('CREATE DATABASE %I OWNER ns_owner ENCODING %L TEMPLATE template0', name, 'UTF8')
  FROM unnest(ARRAY['northstar', 'vault']) AS name
 WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = name)
\gexec

-- The wall: without this line every role of the server may connect to every database.
REVOKE ALL ON DATABASE northstar, vault FROM PUBLIC;
GRANT CONNECT ON DATABASE northstar TO ns_app;
GRANT CONNECT ON DATABASE vault TO ns_vault;

-- Rows may be read and changed; tables may not be emptied, altered or given triggers.
\connect northstar
GRANT USAGE ON SCHEMA public TO ns_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO ns_app;
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO ns_app;
ALTER DEFAULT PRIVILEGES FOR ROLE ns_owner IN SCHEMA public
  GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO ns_app;
ALTER DEFAULT PRIVILEGES FOR ROLE ns_owner IN SCHEMA public
  GRANT USAGE, SELECT ON SEQUENCES TO ns_app;

\connect vault
GRANT USAGE ON SCHEMA public TO ns_vault;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO ns_vault;
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO ns_vault;
ALTER DEFAULT PRIVILEGES FOR ROLE ns_owner IN SCHEMA public
  GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO ns_vault;
ALTER DEFAULT PRIVILEGES FOR ROLE ns_owner IN SCHEMA public
  GRANT USAGE, SELECT ON SEQUENCES TO ns_vault;
