# shellcheck shell=bash disable=SC2034,SC2154,SC2317
# SPDX-License-Identifier: GPL-2.0-only
#
# Common to the tests that are scripts: a network namespace of their own, tdictl
# as server and as client, KTAP.  They set size, and host for each family.

set -u

if [ -z "${TDI_OWN_NAMESPACE-}" ]; then
	exec env TDI_OWN_NAMESPACE=1 unshare -n "$0" "$@"
fi

dir=$(cd "$(dirname "$0")" && pwd -P)
tools=$(realpath -m "${TDI_TOOLS:-$dir/../../build/tools}")
tdictl=$tools/tdictl
limit=60	# seconds for anything: a debug kernel under emulation is slow
port=6000
server=

tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT

# ---- What the tests are made of ----

# soon COMMAND...: it succeeds before long, unless the server has ended
soon() {
	local end=$((SECONDS + limit))

	until "$@"; do
		if [ "$SECONDS" -ge "$end" ] ||
		   { [ -n "$server" ] && ! kill -0 "$server" 2>/dev/null; }; then
			echo "not in time: $*"
			cat "$tmp/server.err"
			return 1
		fi
		sleep 0.05
	done
}

# listening [COMMAND...]: somebody is, where COMMAND puts another command
listening() {
	[ -n "$("$@" ss -Hltn "sport = :$port")" ]
}

# start INPUT COMMAND...: as the server
start() {
	local input=$1

	shift
	timeout "$limit" "$@" <"$input" >"$tmp/served" 2>"$tmp/server.err" &
	server=$!
}

# serve_by INPUT COMMAND...: the same, once it listens on the port
serve_by() {
	start "$@"
	soon listening
}

# serve INPUT OPTION...: tdictl listen on another port
serve() {
	local input=$1

	shift
	port=$((port + 1))
	serve_by "$input" "$tdictl" listen "$@" "$host" "$port"
}

# served CODE: how it ends
served() {
	local code=0

	wait "$server" || code=$?
	server=
	[ "$code" -ne "$1" ] || return 0
	echo "server: exit code $code, expected $1"
	cat "$tmp/server.err"
	return 1
}

# client CODE INPUT COMMAND...
client() {
	local want=$1 input=$2 code=0

	shift 2
	timeout "$limit" "$@" <"$input" >"$tmp/got" 2>"$tmp/err" || code=$?
	[ "$code" -ne "$want" ] || return 0
	echo "$*: exit code $code, expected $want"
	cat "$tmp/err" "$tmp/server.err"
	return 1
}

connect() {
	local code=$1 input=$2

	shift 2
	client "$code" "$input" "$tdictl" connect "$@" "$host" "$port"
}

# says FILE LINE [GREP-OPTION]: among others; with -F as a part of one
says() {
	grep -q "${3--x}" -F -e "$2" "$tmp/$1" && return
	echo "$1 does not say: $2"
	cat "$tmp/$1"
	return 1
}

same() {
	cmp "$tmp/$1" "$tmp/$2"
}

# quoted HOST: as an address with a port has it
quoted() {
	case $1 in
	*:*) echo "[$1]" ;;
	*) echo "$1" ;;
	esac
}

# expect_equal WHAT GOT WANT
expect_equal() {
	[ "$2" = "$3" ] && return
	printf '%s:\n  got      %s\n  expected %s\n' "$1" "$2" "$3"
	return 1
}

# test_case NAME FUNCTION
test_case() {
	number=$((number + 1))
	: >"$tmp/server.err"
	if "$2" >"$tmp/out" 2>&1; then
		echo "ok $number $1"
	else
		echo "not ok $number $1"
		sed 's/^/# /' "$tmp/out"
		failed=1
	fi
	[ -z "$server" ] || { kill "$server"; wait "$server"; server=; } 2>/dev/null
}

number=0
failed=0
