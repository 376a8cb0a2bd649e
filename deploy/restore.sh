#!/bin/sh
# Restores a backup into two empty databases, made by deploy/roles.sql (docs/vault.md).
#
#   sh deploy/restore.sh DEFAULT VAULT KEYS
#
# DEFAULT, VAULT  dumps of one time, by deploy/backup.sh
# KEYS            the present copy of the keys: what was erased since has no key in it
#
# Reads OWNER_DATABASE_URL and VAULT_OWNER_DATABASE_URL: the databases as their owner, ns_owner.
# Afterwards, in the staff side's environment: python manage.py replay_tombstones
set -eu
[ $# -eq 3 ] || { sed -n '2,10s/^# \{0,1\}//p' "$0" >&2; exit 2; }
. "$(dirname "$0")/connect.sh"

put() { pg_restore --exit-on-error --no-owner --dbname="$PGDATABASE" "$@"; }
run() { psql --no-psqlrc --quiet --output=/dev/null --set=ON_ERROR_STOP=1 "$@"; }

connect "$OWNER_DATABASE_URL"
put "$1"

connect "$VAULT_OWNER_DATABASE_URL"
put --section=pre-data "$2"
put --section=data "$2"
run --file="$3"
# A row whose key is gone was erased since this backup: it is erased here too, before the rules that
# keep rows as they are come into force.
run <<'SQL'
DO $$
DECLARE sealed_table regclass;
BEGIN
  FOR sealed_table IN
    SELECT attrelid::regclass FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
    WHERE attname = 'record_key_id' AND relkind = 'r'
  LOOP
    EXECUTE format(
      'UPDATE %s AS one SET record_key_id = NULL, sealed = NULL, erased_at = now()
       WHERE record_key_id IS NOT NULL
         AND NOT EXISTS (SELECT FROM vault_recordkey k WHERE k.id = one.record_key_id)',
      sealed_table);
  END LOOP;
END $$;
SQL
put --section=post-data "$2"
