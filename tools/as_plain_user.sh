#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: 2026 The scalene authors
#
# As root: runs a command as a user without any rights (nobody), who sees this
# checkout and the Pythons of root's ~/.pyenv even where root's home is closed. That
# takes a private view of the file system; nothing outside it is changed.
set -eu

here=$(cd "$(dirname "$0")/.." && pwd)
if [ "${1:-}" != --inside ]; then
    exec unshare --mount --propagation private "$0" --inside "$@"
fi
shift

user=65534
pyenv=${PYENV_ROOT:-$HOME/.pyenv}
home=$(mktemp -d)
chown "$user:$user" "$home"

# An open folder takes the place of a closed home, with these two inside it.
if ! setpriv --reuid $user --regid $user --clear-groups test -x "$HOME/."; then
    stay=$(mktemp -d)
    for path in "$pyenv" "$here"; do
        case $path in
        "$HOME"/*)
            [ -d "$path" ] || continue
            mkdir -p "$stay$path"
            mount --bind "$path" "$stay$path"
            ;;
        esac
    done
    mount -t tmpfs -o mode=755 none "$HOME"
    for path in "$pyenv" "$here"; do
        [ -d "$stay$path" ] || continue
        mkdir -p "$path"
        mount --bind "$stay$path" "$path"
    done
fi
cd "$here"
exec setpriv --reuid $user --regid $user --clear-groups --inh-caps=-all \
    env HOME="$home" PYENV_ROOT="$pyenv" USER=nobody LOGNAME=nobody "$@"
