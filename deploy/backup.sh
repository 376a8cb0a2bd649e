#!/bin/sh
# Backs up both databases, and the keys of confidential records apart from them (docs/vault.md).
#
#   sh deploy/backup.sh FOLDER KEYS
#
# FOLDER  gets default-<time>.dump and vault-<time>.dump; keep as many as you like
# KEYS    the one copy of the keys, written over each time: on another disk, and in no other backup
#
# Reads the staff side's environment: DATABASE_URL, VAULT_DATABASE_URL, VAULT_KEYS and the rest.
# Needs pg_dump of the server's version or newer on PATH; PYTHON names another python.
set -eu
umask 077
[ $# -eq 2 ] || { sed -n '2,10s/^# \{0,1\}//p' "$0" >&2; exit 2; }
here=$(dirname "$0")
. "$here/connect.sh"
time=$(date -u +%Y%m%dT%H%M%SZ)

connect "$DATABASE_URL"
pg_dump --format=custom --file="$1/default-$time.dump"

connect "$VAULT_DATABASE_URL"
pg_dump --format=custom --file="$1/vault-$time.dump" \
  --exclude-table-data=vault_recordkey --exclude-table-data=vault_tombstone

"${PYTHON:-python3}" "$here/../manage.py" copy_vault_keys "$2"
echo "$1/default-$time.dump $1/vault-$time.dump $2"
