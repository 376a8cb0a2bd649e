#!/bin/sh
# Make this checkout ready to run: system packages, .venv, locked Python packages, translations.
# Safe to repeat and quick when nothing is missing. `sh deploy/bootstrap.sh tests` also brings what
# only tests and the tour need, `sh deploy/bootstrap.sh faults` besides it LibreOffice (over 200 MB),
# `sh deploy/bootstrap.sh lighthouse` besides it Lighthouse, where there is npm (150 MB).
# PYTHON=… chooses the interpreter (3.11 or newer).
set -eu
cd "$(dirname "$0")/.."
lock=requirements/dev.txt # pinned, with a hash for each file
stamp=.venv/made-from
case ${1:-} in tests | faults | lighthouse) tests=yes ;; *) tests= ;; esac
PATH=$PATH:/usr/sbin:/sbin

say() { printf '%s\n' "$*" >&2; }
stop() { say "$*"; exit 1; }

made_by=$(cat "$stamp" 2>/dev/null || true)
have=$(.venv/bin/python -V 2>/dev/null || true)
want="$have $(cksum "$lock")"
case $made_by in
  "${have:-none} "*) rebuild= ;; # at most the lock has changed
  *) rebuild=yes ;;
esac
[ ! -L .venv ] || rebuild= want=$made_by # shared with another checkout, which keeps it

# --- System packages ----------------------------------------------------------------------------
missing=
need() { case " $missing " in *" $1 "*) ;; *) missing="$missing $1" ;; esac; }
if command -v ldconfig >/dev/null; then
  libraries=$(ldconfig -p)
  for pair in libpango-1.0.so.0=libpango-1.0-0 libpangoft2-1.0.so.0=libpangoft2-1.0-0 \
    libharfbuzz-subset.so.0=libharfbuzz-subset0 libfontconfig.so.1=libfontconfig1; do
    case $libraries in *"${pair%%=*}"*) ;; *) need "${pair#*=}" ;; esac
  done
fi
if [ -n "$tests" ]; then
  command -v chromium >/dev/null || command -v google-chrome >/dev/null || need chromium
  command -v qpdf >/dev/null || need qpdf
  command -v pdftoppm >/dev/null || need poppler-utils
  # What drives the browser brings a Node of its own, which lacks this one.
  case ${libraries:-libatomic.so.1} in *libatomic.so.1*) ;; *) need libatomic1 ;; esac
fi
[ "${1:-}" != faults ] || command -v soffice >/dev/null || need libreoffice-calc
python=
if [ -n "$rebuild" ]; then
  for candidate in ${PYTHON:-} python3 python3.13 python3.12 python3.11; do
    if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
      python=$candidate
      break
    fi
  done
  [ -n "$python" ] || stop "Python 3.11 or newer is needed; set PYTHON to its path if it has another name."
  "$python" -c 'import ensurepip, venv' 2>/dev/null || need python3-venv
fi
if [ -n "$missing" ]; then
  if [ "$(id -u)" = 0 ] && [ -r /etc/debian_version ]; then
    say "Installing$missing …"
    export DEBIAN_FRONTEND=noninteractive
    # shellcheck disable=SC2086 # a list of words
    apt-get install -qq -y --no-install-recommends $missing >/dev/null 2>&1 || {
      apt-get update -qq && apt-get install -qq -y --no-install-recommends $missing >/dev/null
    } || stop "These packages could not be installed:$missing. Is there a network? Then run this again."
  elif [ -r /etc/debian_version ]; then
    stop "Some system packages are missing. Type this, then try again:
    sudo apt-get update && sudo apt-get install -y --no-install-recommends$missing"
  else
    stop "Some system packages are missing; under Debian they are called$missing.
Install them with this system's package manager, then try again."
  fi
fi

# --- Python packages ----------------------------------------------------------------------------
if [ "$made_by" != "$want" ]; then
  rm -f "$stamp"
  if [ -n "$rebuild" ]; then
    say "Making .venv …"
    "$python" -m venv --clear .venv || stop "The virtual environment .venv could not be made."
  fi
  say "Installing the locked Python packages (one to three minutes; only now and after an update) …"
  again="The Python packages could not be installed; the reason stands above.
If it was the network, run this again when there is one: nothing has to be undone."
  awk '/^uv==/ { on = 1; print; next } /^[^ ]/ { on = 0 } on' "$lock" >.venv/uv.txt
  .venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps \
    -r .venv/uv.txt || stop "$again"
  # uv does not read pip's own configuration: pass on which index to use.
  index=$(.venv/bin/python -m pip config list | sed -n "s/^.*\.index-url='\(.*\)'\$/\1/p" | tail -n 1)
  [ -z "$index" ] || export UV_DEFAULT_INDEX="${UV_DEFAULT_INDEX:-$index}"
  VIRTUAL_ENV=$PWD/.venv UV_SYSTEM_CERTS=1 .venv/bin/uv pip sync --quiet --no-config \
    --require-hashes "$lock" || stop "$again"
  printf '%s' "$(.venv/bin/python -V) $(cksum "$lock")" >"$stamp"
fi

# --- Stripe's command line, with which a test drives the sandbox (31 MB); skipped where npm lacks ---
cli=var/cache/stripe-cli
if [ -n "$tests" ] && [ ! -e "$cli/node_modules/.bin/stripe" ] && command -v npm >/dev/null; then
  mkdir -p "$cli"
  npm install --prefix "$cli" --no-save --no-package-lock --no-audit --no-fund --silent \
    @stripe/cli@1.52.0 >/dev/null 2>&1 ||
    say "The Stripe CLI could not be installed; the test that uses it will be skipped."
fi

# --- Lighthouse, locked with a hash for each file, as `make lighthouse` needs it --------------------
if [ "${1:-}" = lighthouse ]; then
  command -v npm >/dev/null || stop "npm is missing: install Node 18.20 or newer, then try again."
  judge=var/cache/lighthouse
  mkdir -p "$judge"
  if ! cmp -s bench/lighthouse_cli/package-lock.json "$judge/package-lock.json"; then
    say "Installing Lighthouse (one to three minutes; only now and after an update) …"
    cp bench/lighthouse_cli/package.json bench/lighthouse_cli/package-lock.json "$judge/"
    npm ci --prefix "$judge" --ignore-scripts --no-audit --no-fund --silent || {
      rm -f "$judge/package-lock.json"
      stop "Lighthouse could not be installed; the reason stands above."
    }
  fi
fi

# --- Translations: .mo files are made, not committed -----------------------------------------------
for source in */locale/*/LC_MESSAGES/django.po; do
  [ -e "$source" ] || continue
  if [ ! "${source%.po}.mo" -nt "$source" ]; then
    .venv/bin/python -m babel.messages.frontend --quiet compile --domain=django \
      --directory="${source%%/locale/*}/locale" || stop "The translations could not be compiled."
  fi
done
