#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# examples.sh [--few | --slow] [FAMILY...]
#
# The clients of module/examples, with ordinary programs at their other ends:
# nginx, and ordinary sockets in an epoll loop.  Every byte is compared.  As
# root, with the module loaded; it takes a network namespace of its own.  --few is
# fewer connections, --slow fewer bytes on them.  KTAP on standard output.

# shellcheck disable=SC2317,SC2154
# shellcheck source=tools/selftests/lib.sh
. "$(dirname "$0")/lib.sh"

modules=${TDI_KO%/*}
echoes=$tools/selftests/echoes
many=1000	# connections of the echo server
again=1000	# and as many once more
size=5000	# bytes on each
calls=16	# of the relay, all that it takes at a time
load=500000	# bytes on each
questions=200	# of the responder

# ---- What the tests are made of ----

# start_example EXAMPLE PARAMETER...: on another port; the client has ended then
start_example() {
	local name=tdi_example_$1

	shift
	port=$((port + 1))
	insmod "$modules/$name.ko" "$@"
}

# unload EXAMPLE: and nothing of it is left
unload() {
	rmmod "tdi_example_$1" &&
	expect_equal "files left" "$(tail -n +2 /proc/net/tdi)" "" &&
	expect_equal references "$(cat /sys/module/tdi/refcnt)" 0
}

# What a test that failed has left
unload_all() {
	local name

	sed -n 's/^\(tdi_example_[a-z]*\) .*/\1/p' /proc/modules |
	while read -r name; do
		rmmod "$name"
	done
}

# All of a connection's ends have been told: its endpoint is idle again
idle() {
	[ "$(awk '$1 == "endpoint" && $5 != "associated"' /proc/net/tdi | wc -l)" = 0 ]
}

# The one who calls is let in by the kernel, and thrown out by the example
refused() {
	! timeout "$limit" "$tdictl" connect "$host" "$port" <"$tmp/never" \
		>"$tmp/got" 2>"$tmp/err" && says err STATUS_ -F
}

# call COUNT SIZE: connections, all at once; how long it takes
call() {
	local start=$EPOCHREALTIME

	client 0 /dev/null "$echoes" call "$host" "$port" "$1" "$2" || return
	times+="# $1 connections, $2 bytes each: $(((${EPOCHREALTIME/./} - ${start/./}) / 1000)) ms"$'\n'
}

# ---- Tests, for each family ----

nginx_conf() {
	cat <<-END
	daemon off;
	user root;
	pid $tmp/nginx.pid;
	error_log $tmp/nginx.log;
	events { }
	http {
		access_log off;
		client_body_temp_path $tmp/body;
		proxy_temp_path $tmp/temp;
		fastcgi_temp_path $tmp/temp;
		uwsgi_temp_path $tmp/temp;
		scgi_temp_path $tmp/temp;
		server {
			listen 127.0.0.1:80;
			listen [::1]:80;
			location = / { return 200 "it talks"; }
		}
	}
	END
}

start_nginx() {
	nginx_conf >"$tmp/nginx.conf"
	port=80 serve_by /dev/null nginx -c "$tmp/nginx.conf" -p "$tmp" \
		-e "$tmp/nginx.log"
}

client_asks() {
	start_nginx && start_example client address="$host" &&
	tr -d '\r' </sys/module/tdi_example_client/parameters/answer >"$tmp/answer" &&
	unload client && says answer 'HTTP/1.1 200 OK' && says answer 'it talks' &&
	! insmod "$modules/tdi_example_client.ko" address="$host" port=81 \
		2>"$tmp/err" && says err 'Connection refused' -F
}

# connected [COMMAND...]: somebody is, where COMMAND puts another command
connected() {
	[ -n "$("$@" ss -Htn state established "sport = :$port")" ]
}

# One who waits for an answer can be interrupted
client_interrupted() {
	local waits failed=0

	serve "$tmp/never" || return
	insmod "$modules/tdi_example_client.ko" address="$host" port="$port" \
		2>"$tmp/err" &
	waits=$!
	soon connected || failed=1
	kill -TERM "$waits"
	wait "$waits" && failed=1
	return "$failed"
}

# Its endpoints are there before the callers, and again after them
echo_serves() {
	start_example echo address="$host" port=$((port + 1)) pool="$many" &&
	call "$many" "$size" && soon idle && call "$again" 100 && soon idle &&
	call 1 2000000 && soon idle && call 1 0 && soon idle && unload echo
}

# Nobody answers the one for whom no endpoint is left
echo_refuses() {
	start_example echo address="$host" port=$((port + 1)) pool=1 &&
	start "$tmp/never" "$tdictl" connect "$host" "$port" &&
	soon connected && refused || return
	kill "$server" && soon idle && call 1 "$size" && unload echo
}

# Unloaded in the middle: the peers see the end
echo_unloads() {
	start_example echo address="$host" port=$((port + 1)) pool=8 || return
	exec 8<>"/dev/tcp/$host/$port" && soon connected && unload echo &&
	expect_equal "what the peer gets" "$(timeout "$limit" cat <&8)" ""
}

gone() {
	! ip link show "$1" >/dev/null 2>&1
}

# A namespace that has no name any more is there as long as its files are, and
# works: its end of a wire shows
echo_outlives_a_name() {
	local inside=(nsenter --net=/run/netns/tdi-gone) failed=0

	ip netns add tdi-gone && "${inside[@]}" ip link set lo up &&
	ip link add here type veth peer name there netns tdi-gone || return
	port=$((port + 1))
	"${inside[@]}" insmod "$modules/tdi_example_echo.ko" address="$host" \
		port="$port" pool=8 || failed=1
	start /dev/null "${inside[@]}" bash -c "cat </dev/tcp/$host/$port"
	soon listening "${inside[@]}" || failed=1
	soon connected "${inside[@]}" || failed=1
	ip netns del tdi-gone
	gone here && failed=1
	unload echo && served 0 && soon gone here && return "$failed"
}

# Says what it was told, to each
asker='
import socket, sys
family = socket.AF_INET6 if ":" in sys.argv[1] else socket.AF_INET
sockets = [socket.socket(family, socket.SOCK_DGRAM) for i in range(8)]
for client in sockets:
    client.settimeout(30)
for n in range(int(sys.argv[3])):
    client, question = sockets[n % 8], ("question %d " % n * (n % 60 + 1)).encode()
    client.sendto(question, (sys.argv[1], int(sys.argv[2])))
    assert client.recv(65536) == question.upper(), n
print("all answered")
'

responder_answers() {
	start_example responder address="$host" port=$((port + 1)) &&
	client 0 /dev/null python3 -c "$asker" "$host" "$port" "$questions" &&
	says got 'all answered' && unload responder
}

# Both directions at once on half of them, one after the other on the rest
relay_relays() {
	port=$((port + 1))
	start /dev/null "$echoes" serve "$host" "$port" "$calls" "$load"
	soon listening &&
	start_example relay local="$host,$((port + 1))" remote="$host,$port" &&
	call "$calls" "$load" && served 0 && soon listens "$calls" || return
	# who calls nobody is told so
	refused && soon listens "$calls" && unload relay
}

# listens COUNT: endpoints wait
listens() {
	[ "$(grep -c '^endpoint .* listening ' /proc/net/tdi)" = "$1" ]
}

relay_unloads() {
	port=$((port + 1))
	start /dev/null "$echoes" serve "$host" "$port" "$calls" 100000000
	soon listening &&
	start_example relay local="$host,$((port + 1))" remote="$host,$port" || return
	"$echoes" call "$host" "$port" "$calls" 100000000 >"$tmp/got" 2>&1 &
	caller=$!
	soon flowing && unload relay
	unloaded=$?
	! wait "$caller" && return "$unloaded"
}

flowing() {
	[ "$(awk '$1 == "endpoint" && $12 > 100000' /proc/net/tdi | wc -l)" -ge "$calls" ]
}

# ---- The newcomer's page ----

# What it says under "load", with what tools/vm/first-client has built
page() {
	local failed page=$dir/../../module/examples/README.md

	awk '$0 == "<!-- load -->" { on = 1; next } on && NF && !/^    / { exit }
	     on { sub(/^    /, ""); print }' "$page" >"$tmp/load"
	[ -e "build/$(uname -r)" ] || ln -s "${TDI_KO%/*}" "build/$(uname -r)"
	host=127.0.0.1
	start_nginx && rmmod tdi && sh -ex "$tmp/load" >"$tmp/got" && says got 'it talks'
	failed=$?
	insmod "$TDI_KO" && return "$failed"
}

# ---- The plan ----

tests=(client_asks client_interrupted echo_serves echo_refuses echo_unloads
	echo_outlives_a_name responder_answers relay_relays relay_unloads)
once=()
[ ! -e build/first/first.ko ] || [ "${TDI_LANE-}" != stock ] || once=(page)
times=
case ${1-} in
--few)
	many=100 again=100 size=2000 load=50000 questions=20
	shift ;;
--slow)
	again=100 size=1000 load=300000 questions=50
	shift ;;
esac
[ $# -gt 0 ] || set -- ipv4 ipv6
printf 'KTAP version 1\n1..%d\n' $(($# * ${#tests[@]} + ${#once[@]}))
ip link set lo up || { echo "Bail out! no network"; exit 1; }
ulimit -n 4096
mkfifo "$tmp/never"
exec 9<>"$tmp/never"	# nothing comes, nor an end
for family; do
	host=127.0.0.1
	[ "$family" = ipv4 ] || host=::1
	for name in "${tests[@]}"; do
		test_case "${name}_$family" "$name"
		unload_all
	done
done
for name in ${once[@]+"${once[@]}"}; do
	test_case "$name" "$name"
done
printf '%b' "$times"
exit "$failed"
