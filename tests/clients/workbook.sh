#!/bin/sh
# The strategy out into a workbook, through LibreOffice, and in again: nothing may have changed.
# Usage: workbook.sh BINARY DATADIR
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
zielraum() { env -u DATABASE_URL ZIELRAUM_LOG=error "$binary" --data "$data" "$@"; }
binary=$1 data=$2

fail() {
    echo "FEHLT LibreOffice: $*"
    exit 1
}

zielraum strategie export "$work/strategie.xlsx" >/dev/null
mkdir "$work/saved"
HOME=$work soffice --headless --convert-to xlsx --outdir "$work/saved" "$work/strategie.xlsx" >"$work/log" 2>&1 ||
    fail "das Speichern endet mit $?: $(tail -n 1 "$work/log")"
[ -s "$work/saved/strategie.xlsx" ] || fail "es speichert nichts: $(tail -n 1 "$work/log")"
cmp -s "$work/strategie.xlsx" "$work/saved/strategie.xlsx" && fail "die Mappe ist nicht neu geschrieben"
zielraum import strategie --probe "$work/saved/strategie.xlsx" >"$work/report" 2>&1 ||
    fail "die Mappe wird nicht gelesen: $(head -n 3 "$work/report" | tr '\n' ' ')"
[ "$(sed -n '/Es würde sich ändern:$/{n;p;}' "$work/report")" = '  nichts' ] || fail "die Mappe ändert etwas: $(head -n 5 "$work/report" | tr '\n' ' ')"
echo "ok LibreOffice: die Mappe kommt unverändert zurück"
