# shellcheck shell=bash disable=SC2034
# SPDX-License-Identifier: GPL-2.0-only
#
# Common to the scripts of this directory: where things are, how they speak.
# Standard output belongs to results (paths, KTAP); messages go to stderr.

set -euo pipefail

TDI_VM=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
TDI_ROOT=$(cd "$TDI_VM/../.." && pwd -P)
TDI_CACHE=${TDI_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/tdi}
TDI_BUILD=$TDI_ROOT/build
TDI_JOBS=${TDI_JOBS:-$(nproc)}
export TDI_CACHE
# What programs say is read by the scripts.
export LC_ALL=C

# What "make check" was given is not for the builds in here.
no_make_flags() {
	unset MAKEFLAGS MFLAGS MAKELEVEL
}

say() {
	printf 'tdi: %s\n' "$*" >&2
}

die() {
	printf 'tdi: error: %s\n' "$*" >&2
	exit 1
}

# Kernel makefiles split names at blanks and colons.
case $TDI_ROOT$TDI_CACHE in
*[[:space:]:]*) die "no blanks or colons, please, in $TDI_ROOT and $TDI_CACHE" ;;
esac

mkdir -p "$TDI_CACHE"
TDI_CACHE=$(cd "$TDI_CACHE" && pwd -P)

# run_logged LOG COMMAND...: quiet when it succeeds, the end of LOG when not.
run_logged() {
	local log=$1

	shift
	mkdir -p "$(dirname "$log")"
	"$@" >"$log" 2>&1 </dev/null && return
	tail -n 40 "$log" >&2
	say "failed: $* (all of it in $log)"
	return 1
}

# lock FILE: held until this process and its children end.
lock() {
	local fd

	exec {fd}>"$1"
	flock -n "$fd" && return
	say "waiting for another run that holds $1"
	flock "$fd"
}

# Two clones share one cache.
cache_lock() {
	lock "$TDI_CACHE/$1.lock"
}

as_root() {
	if [ "$(id -u)" -eq 0 ]; then
		"$@"
	elif command -v sudo >/dev/null; then
		sudo "$@"
	else
		die "must be root (or have sudo) for: $*"
	fi
}

apt_update() {
	say "refreshing the package lists (apt-get update)"
	run_logged "$TDI_CACHE/log/apt-update.log" as_root apt-get -q update
}

# A fresh machine has empty package lists.
apt_lists() {
	apt-cache show linux-libc-dev >/dev/null 2>&1 || apt_update
}
