# Read by backup.sh and restore.sh.
# connect URL: a database's address as the variables that PostgreSQL's own programs read. In a
# command line, its password would be seen by every user of the machine.
connect() {
  eval "$(URL=$1 "${PYTHON:-python3}" -c '
import os, shlex
from urllib.parse import unquote, urlsplit
url = urlsplit(os.environ["URL"])
parts = {"HOST": url.hostname, "PORT": url.port or 5432, "USER": url.username,
         "PASSWORD": url.password, "DATABASE": url.path[1:]}
for name, value in parts.items():
    print(f"export PG{name}={shlex.quote(unquote(str(value or str())))}")
')"
}
