# shellcheck shell=sh
# What ./run, ./test and .ci/run have in common; read by them with `.` in the repository's root.

# The build reads the committed .sqlx/ and must never touch a database of the user.
export SQLX_OFFLINE=true

sage() { printf '%s\n' "$*" >&2; }

# need PACKAGE REASON: notes a missing Debian package, with the reason we tell the user.
need() {
    missing="$missing $1"
    reasons="$reasons
  $1: $2"
}

found() { command -v "$1" >/dev/null 2>&1; }

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

install_missing() {
    [ -n "$missing" ] || return 0
    sage "Es fehlt auf diesem Rechner:$reasons"
    if ! found apt-get; then
        sage "Diese Pakete (Namen wie in Debian) bitte mit der Paketverwaltung des Systems installieren, dann noch einmal starten."
        exit 1
    fi
    if [ "$(id -u)" != 0 ] && ! found sudo; then
        sage "Zum Installieren sind Rechte als root nötig. Bitte als root ausführen, dann noch einmal starten:
  apt-get update && apt-get install -y --no-install-recommends$missing"
        exit 1
    fi
    sage "Wird jetzt mit apt installiert."
    as_root apt-get update -qq
    # Debian would start a server of its own on port 5432; ours is private.
    dropin=/etc/postgresql-common/createcluster.d
    as_root mkdir -p "$dropin"
    echo 'create_main_cluster = off' | as_root tee "$dropin/zielraum.conf" >/dev/null
    trap 'as_root rm -f "$dropin/zielraum.conf"' EXIT
    # shellcheck disable=SC2086 # a list of words
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends $missing >&2
    as_root rm -f "$dropin/zielraum.conf"
    trap - EXIT
    missing='' reasons=''
}

# at_least WANTED FOUND: compares versions.
at_least() {
    [ -n "$2" ] && printf '%s\n%s\n' "$1" "$2" | sort -V -C
}

have_rust() {
    at_least "$rust" "$(cargo --version 2>/dev/null | cut -d ' ' -f 2)"
}

prepare() {
    missing='' reasons=''
    found cc || { need gcc "bindet das Programm"; need libc6-dev "gehört zu gcc"; }
    found pkg-config || need pkg-config "findet die Bibliothek GDAL"
    pkg-config --exists gdal 2>/dev/null || need libgdal-dev "liest GeoPackage, Shapefile und GeoJSON"
    # Debian's PROJ only recommends its grids.
    grid=
    for file in /usr/share/proj/BETA2007.gsb /usr/share/proj/de_adv_BETA2007.tif \
        /usr/local/share/proj/BETA2007.gsb /usr/local/share/proj/de_adv_BETA2007.tif; do
        [ ! -e "$file" ] || grid=$file
    done
    [ -n "$grid" ] || need proj-data "rechnet Gauß-Krüger-Koordinaten genau um (Gitter BETA2007)"
    found npm || need npm "holt die Kartenbibliothek MapLibre"
    if [ -z "${DATABASE_URL-}" ] && [ -z "${PG_BIN-}" ]; then
        set -- /usr/share/postgresql/*/extension/postgis.control
        [ -e "$1" ] || need postgresql-postgis "die Datenbank PostgreSQL mit PostGIS"
    fi
    # A cargo that rustup put there may not be on the path yet.
    PATH="${CARGO_HOME:-$HOME/.cargo}/bin:$PATH"
    export PATH
    rust=$(sed -n 's/^rust-version = "\([0-9.]*\)".*/\1/p' Cargo.toml)
    if ! have_rust && ! found rustup; then
        found curl || need curl "holt Rust"
        [ -e /etc/ssl/certs/ca-certificates.crt ] || need ca-certificates "prüft, woher Rust kommt"
    fi
    install_missing

    if ! have_rust; then
        sage "Rust ab Version $rust fehlt oder ist zu alt; rustup (https://rustup.rs) richtet es im Benutzerordner ein."
        if found rustup; then
            rustup update --no-self-update stable >&2
            export RUSTUP_TOOLCHAIN=stable # whatever the user's default is
        else
            curl --proto '=https' --tlsv1.2 -sSf https://static.rust-lang.org/rustup/rustup-init.sh |
                sh -s -- -y --profile minimal --no-modify-path >&2
        fi
        hash -r
        if ! have_rust; then
            sage "Rust ab Version $rust ließ sich nicht einrichten. Bitte von Hand installieren (https://rustup.rs), dann noch einmal starten."
            exit 1
        fi
    fi
    npm_ci src/web
}

# npm_ci FOLDER: installs exactly what the lock file names, when it is newer than what is there.
npm_ci() {
    stamp="$1/node_modules/.package-lock.json"
    if [ ! -e "$stamp" ] || [ -n "$(find "$1/package-lock.json" -newer "$stamp")" ]; then
        sage "npm installiert $(sed -n 's/^    "\(.*": "[0-9.]*"\)$/\1/p' "$1/package.json" | tr -d '"')."
        npm ci --prefix "$1" --ignore-scripts --no-audit --no-fund --loglevel=error >&2
        touch "$stamp"
    fi
}
