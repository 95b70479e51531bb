// What does a virtual host run for `exec`, `list`, `get` and `put`? Fixed texts for its own shell, in its own namespaces and
// limits: whatever they meet, links and mounts and full disks, is the host's. What a person typed is an argument ($2 …);
// $1 is the folder that the host keeps, where it keeps only one. No text may hold a single quote: the forced command has
// them between such. POSIX, and what GNU and BusyBox both have.
import { INSIDE_EXIT as EXIT } from '@myvini/core/inside/request'

const SAY = 'say() { echo "$1" >&2; exit "$2"; }'

const EXEC = `cd 2> /dev/null; if [ -x /bin/bash ]; then exec /bin/bash -c "$2"; fi; exec /bin/sh -c "$2"`

/** The folder where it really is; then each entry: its kind, the kind of what it leads to, bytes, time, mode, name. */
const LIST = `${SAY}
[ -d "$2" ] || say "There is no folder $2." ${EXIT.noSuch}
cd -- "$2" || exit ${EXIT.otherKind}
printf "%s\\0" "$(pwd -P)"
if find . -maxdepth 0 -printf "" 2> /dev/null; then exec find . -mindepth 1 -maxdepth 1 -printf "%y\\t%Y\\t%s\\t%T@\\t%m\\t%f\\0"; fi
for f in * .[!.]* ..?*; do
  [ -e "$f" ] || [ -L "$f" ] || continue
  own=f; leads=o
  [ -L "$f" ] && own=l
  [ -d "$f" ] && leads=d
  [ -f "$f" ] && leads=f
  printf "%s\\t%s\\t%s\\t%s\\0" $own $leads "$(stat -c "%s	%Y	%a" -- "$f")" "$f"
done`

const GET = `${SAY}
[ -d "$2" ] && say "$2 is a folder." ${EXIT.otherKind}
[ -e "$2" ] || say "There is no file $2." ${EXIT.noSuch}
[ -f "$2" ] || say "$2 is no file with a content of its own." ${EXIT.otherKind}
size=$(stat -L -c %s -- "$2") || exit ${EXIT.noSuch}
[ "$size" -le "$3" ] || say "$2 has $size bytes; $3 can be brought." ${EXIT.noRoom}
printf "%s\\n" "$size"
[ "$size" -gt 0 ] && exec head -c "$size" -- "$2"
exec cat -- "$2"`

/** Beside it first, so that there is never half of it, and never half of what was there before. */
const PUT = `${SAY}
folder=\${2%/*}; [ "$folder" ] || folder=/
[ -d "$folder" ] || say "There is no folder $folder." ${EXIT.noSuch}
[ -d "$2" ] && say "$2 is a folder." ${EXIT.otherKind}
if [ -e "$2" ] || [ -L "$2" ]; then
  [ "$4" = overwrite ] || say "$2 is there already." ${EXIT.thereAlready}
  [ -f "$2" ] || [ -L "$2" ] || say "$2 is no file with a content of its own." ${EXIT.otherKind}
fi
if [ "$1" ] && [ "$(stat -L -c %d -- "$folder")" != "$(stat -L -c %d -- "$1")" ]; then
  say "Of this host only what is under $1 is kept." ${EXIT.notKept}
fi
umask 022
beside=$(mktemp "$folder/.myvini-XXXXXXXX") || exit ${EXIT.noRoom}
trap "rm -f -- \\"\\$beside\\"" EXIT
trap "exit ${EXIT.brokenOff}" HUP INT TERM PIPE
cat > "$beside" || exit ${EXIT.noRoom}
[ "$(stat -c %s -- "$beside")" = "$3" ] || say "It broke off." ${EXIT.brokenOff}
mode=$(stat -L -c %a -- "$2" 2> /dev/null) || mode=644
chmod "$mode" "$beside" || exit ${EXIT.noRoom}
[ "$4" = overwrite ] && { mv -f -T -- "$beside" "$2" || exit ${EXIT.noRoom}; exit 0; }
ln -- "$beside" "$2" || say "$2 is there already." ${EXIT.thereAlready}`

/** Functions of the forced command (install.ts): `inside WORD HOST SECONDS BYTES HEX…`. */
export const insideWords = (run: string): string => `
# A command inside a host. What a person typed comes as hexadecimal digits, and only trellis makes it text again, as one
# argument for a program in the host: no shell of the node ever sees it.
inside() {
  word=$1 host=$2 limits="--seconds $3 --bytes $4" feed=
  case $2 in '' | *[!A-Za-z0-9_-]*) say 'That is not the key of a virtual host.' 2 ;; esac
  case $3$4 in *[!0-9]* | '') say 'The limits of a command are numbers.' 2 ;; esac
  shift 4
  given=
  for argument; do
    case $argument in *[!0-9a-f]*) say 'An argument is hexadecimal digits.' 2 ;; esac
    given="$given --argument $argument"
  done
  case $word in
    exec) program='${EXEC}' ;;
    list) program='${LIST}' ;;
    get) program='${GET}' ;;
    put) program='${PUT}' feed=--feed ;;
  esac
  enter=${run}/hosts/$host/enter
  [ -r "$enter" ] || enter=$state/hosts/$host/enter
  [ -r "$enter" ] || say 'This virtual host is not on this node, or not any more. Reload the slice.' 3
  [ -e "$state/hosts/$host" ] || mkdir -p -m 700 "$state/hosts/$host/home"
  set --
  kept=
  while IFS= read -r argument && [ "$argument" != -- ]; do
    set -- "$@" "$argument"
    [ "$argument" != --home ] || kept=/root
  done < "$enter"
  exec $agent/trellis exec $limits $feed $given -- $agent/trellis enter "$@" -- /bin/sh -c "$program" sh "$kept"
}
`
