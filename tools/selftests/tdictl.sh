#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# tdictl.sh [FAMILY...]
#
# tdictl connect, listen, events, status and shell, and the examples of libtdi, as
# a user calls them: data, messages, exit codes.  As root, with the module loaded;
# it takes a network namespace of its own.  KTAP on standard output.

# shellcheck disable=SC2317,SC2154
# shellcheck disable=SC2016	# the $ in a scenario's line is the scenario's
# shellcheck source=tools/selftests/lib.sh
. "$(dirname "$0")/lib.sh"

example=$tools/libtdi-example
echo_server=$tools/libtdi-echo
size=300000	# of what is sent: more than the buffers on the way

# ---- What the tests are made of ----

# Lines of -T: the calls but for TDI_RECEIVE, which comes in between, in order
calls() {
	awk -F'\t' 'NF != 4 || $1 > $2 { print "malformed:", $0; next }
		    { split($3, call, " ") }
		    call[1] != "TDI_RECEIVE" { print call[1] }' "$1" |
		uniq | tr '\n' ' '
}

# bytes FILE CALL: all that its lines tell
bytes() {
	awk -F'\t' -v call="$2" '
		index($3, call " ") == 1 && match($4, /bytes=[0-9]+/) {
			sum += substr($4, RSTART + 6, RLENGTH - 6)
		}
		END { print sum + 0 }' "$1"
}

# ---- Tests, for each family ----

both_ways() {
	local at

	at=$(quoted "$host")
	serve "$tmp/up" -v &&
	connect 0 "$tmp/down" -v && served 0 &&
	same got up && same served down &&
	says err "tdictl: connected to $at:$port" &&
	says server.err "tdictl: listening on $at:$port" &&
	says server.err "tdictl: connection from $at:" -F
}

# What goes on after one side has nothing more to say
one_way() {
	serve /dev/null && connect 0 "$tmp/up" && served 0 &&
	same served up && expect_equal "came back" "$(cat "$tmp/got")" '' &&
	serve "$tmp/down" && connect 0 /dev/null && served 0 &&
	same got down && expect_equal "came in" "$(cat "$tmp/served")" ''
}

local_port() {
	local at

	at=$(quoted "$host")
	serve /dev/null -v && connect 0 /dev/null -v -b "$at:5999" &&
	served 0 &&
	says err "tdictl: local address $at:5999" &&
	says server.err "tdictl: connection from $at:5999"
}

# Two connections, one after the other: each gets the input from its beginning
count() {
	serve "$tmp/up" --count 2 &&
	connect 0 "$tmp/down" && same got up &&
	soon listening &&
	connect 0 "$tmp/other" && same got up &&
	served 0 &&
	cat "$tmp/down" "$tmp/other" >"$tmp/both" && same served both
}

# Each way to accept is told by its calls; the data is the same.
accept_ways() {
	local way endpoint="open-endpoint TDI_ASSOCIATE_ADDRESS"
	local -A calls=(
		[listen]="$endpoint TDI_LISTEN"
		[query]="$endpoint TDI_LISTEN TDI_ACCEPT"
		[event]="TDI_SET_EVENT_HANDLER $endpoint read TDI_ACCEPT TDI_SET_EVENT_HANDLER"
	)

	for way in listen query event; do
		serve "$tmp/up" -T --accept "$way" &&
		connect 0 "$tmp/down" && served 0 &&
		same got up && same served down &&
		expect_equal "$way" "$(calls "$tmp/server.err")" \
			"open-address ${calls[$way]} TDI_SEND TDI_DISCONNECT close " ||
			return
		# another one, and nobody after that
		serve "$tmp/up" --accept "$way" --count 2 &&
		connect 0 "$tmp/down" && same got up &&
		soon listening &&
		connect 0 "$tmp/other" && same got up && served 0 &&
		connect 4 /dev/null || return
	done
}

# ---- Events, line by line ----

# watch COUNT: tdictl events, until it has told so many
watch() {
	port=$((port + 1))
	serve_by /dev/null "$tdictl" events -v -c "$1" "$host" "$port"
}

# What was told: without the time, and without what differs each time
told() {
	awk -F'\t' 'NF != 3 || $1 !~ /^[0-9]+\.[0-9]+$/ { print "malformed:", $0; next }
		    { gsub(/context=0x0 |offer=[0-9]+ |sequence=[0-9]+ /, "", $3)
		      sub(/:[0-9]+ endpoint/, " endpoint", $3)
		      print $2, $3 }' "$tmp/served"
}

told_lines() {
	[ "$(wc -l <"$tmp/served")" -ge "$1" ]
}

# A connection's life, by a caller that ends it and one that is gone
events() {
	local at

	at=$(quoted "$host")
	printf 'hello' >"$tmp/hello"
	watch 6 &&
	connect 0 "$tmp/hello" && soon told_lines 3 &&
	tdictl_resets && served 0 &&
	says server.err "tdictl: events of $at:$port" &&
	expect_equal events "$(told)" "connect peer=$at endpoint=0x1
receive connection=0x1 flags=normal,entire bytes=5 available=5 \"hello\"
disconnect connection=0x1 flags=release
connect peer=$at endpoint=0x1
receive connection=0x1 flags=normal,entire bytes=1 available=1 \"x\"
disconnect connection=0x1 flags=abort"
}

# Somebody who calls, says x, and resets once that was told
tdictl_resets() {
	printf '%s\n' "let WHERE = \"$(quoted "$host"):$port\"" 'peer-connect P $WHERE' \
		'peer-send P "x"' >"$tmp/resets.tdi"
	{
		cat "$tmp/resets.tdi"
		soon told_lines 5 >&2
		echo 'peer-reset P'
	} | timeout "$limit" "$tdictl" shell
}

# ---- The echo server of the README ----

# Lines come back until this side has ended; then the other side does.
echoes() {
	local i callers=()

	port=$((port + 1))
	serve_by /dev/null "$echo_server" "$(quoted "$host"):$port" || return
	connect 0 "$tmp/up" && same got up || return
	connect 0 /dev/null && expect_equal "came back" "$(cat "$tmp/got")" '' ||
		return
	# several at once, each its own
	for i in 1 2 3 4 5; do
		head -c "$size" /dev/urandom >"$tmp/out.$i"
		timeout "$limit" "$tdictl" connect "$host" "$port" \
			<"$tmp/out.$i" >"$tmp/in.$i" 2>"$tmp/err.$i" &
		callers+=($!)
	done
	for i in 1 2 3 4 5; do
		wait "${callers[i - 1]}" && same "in.$i" "out.$i" || return
	done
}

# call: a caller that stays, as fd; its first bytes come back
call() {
	exec {fd}<>"/dev/tcp/$host/$port" && echoed "$fd"
}

# echoed FD
echoed() {
	local reply

	printf 'hello' >&"$1" && read -r -t "$limit" -N 5 -u "$1" reply &&
	[ "$reply" = hello ]
}

# More at once than it has endpoints: those are refused, until there is one free.
echo_is_full() {
	local fd i fds=() pool=16

	port=$((port + 1))
	serve_by /dev/null "$echo_server" "$(quoted "$host"):$port" || return
	for ((i = 0; i < pool; i++)); do
		call || return
		fds+=("$fd")
	done
	# when it connects, or when it sends or reads
	! call 2>/dev/null || return
	fd=${fds[0]}
	exec {fd}>&-
	# its place is free once the server has seen the end
	soon call 2>/dev/null || return
	for ((i = 1; i < pool; i++)); do
		echoed "${fds[i]}" || return
		fd=${fds[i]}
		exec {fd}>&-
	done
}

refused() {
	port=$((port + 1))
	connect 4 /dev/null &&
	says err "tdictl: TDI_CONNECT $(quoted "$host"):$port: STATUS_CONNECTION_REFUSED (0xc0000236), errno ECONNREFUSED: Connection refused"
}

# Nobody at the end of the wire answers, nor says that there is nobody.
unanswered() {
	local start=$SECONDS host=$far

	connect 5 /dev/null -t 1 &&
	says err "tdictl: TDI_CONNECT $(quoted "$host"):$port: STATUS_IO_TIMEOUT (0xc00000b5), errno ETIMEDOUT: Connection timed out" &&
	[ $((SECONDS - start)) -ge 1 ]
}

taken() {
	serve /dev/null &&
	client 1 /dev/null "$tdictl" listen "$host" "$port" &&
	says err "tdictl: open address: STATUS_SHARING_VIOLATION (0xc0000043), errno EBUSY: Device or resource busy" &&
	connect 0 /dev/null && served 0
}

traced() {
	local begin="open-address open-endpoint TDI_ASSOCIATE_ADDRESS"

	serve "$tmp/up" -T && connect 0 "$tmp/down" -T && served 0 &&
	expect_equal connect "$(calls "$tmp/err")" \
		"$begin TDI_CONNECT TDI_SEND TDI_DISCONNECT close " &&
	expect_equal listen "$(calls "$tmp/server.err")" \
		"$begin TDI_LISTEN TDI_SEND TDI_DISCONNECT close " &&
	expect_equal sent "$(bytes "$tmp/err" TDI_SEND)" "$size" &&
	expect_equal received "$(bytes "$tmp/err" TDI_RECEIVE)" "$size" &&
	expect_equal sent "$(bytes "$tmp/server.err" TDI_SEND)" "$size" &&
	expect_equal received "$(bytes "$tmp/server.err" TDI_RECEIVE)" "$size"
}

# ---- Tests, once ----

# Asynchronous requests came with 6.7.
have_uring() {
	[ "$(printf '%s\n' 6.7 "$(uname -r)" | sort -V | head -n 1)" != 6.7 ] ||
		printf ' io_uring'
}

status() {
	client 0 /dev/null "$tdictl" status &&
	says got "module.loaded	yes" &&
	says got "module.refcount	0" &&
	says got "/dev/tdi/tcp.abi	1" &&
	says got "/dev/tdi/tcp.capabilities	ipv6$(have_uring)" &&
	says got "/dev/tdi/tcp.commands	QUERY_CAPS ASSOCIATE_ADDRESS DISASSOCIATE_ADDRESS CONNECT LISTEN ACCEPT DISCONNECT SEND RECEIVE SEND_DATAGRAM RECEIVE_DATAGRAM SET_EVENT_HANDLER QUERY_INFORMATION SET_INFORMATION ACTION CREATE CANCEL EVENT_REPLY SEND_BATCH QUERY_INFORMATION_EX SET_INFORMATION_EX" &&
	client 0 /dev/null "$tdictl" && says got "module.loaded	yes"
}

# What a query has several of is told one by one, however many they are.
queries() {
	local index i

	index=$(ip -o link show near | cut -d : -f 1)
	for ((i = 1; i < 20; i++)); do
		ip addr add "10.9.$i.1/24" dev near || return
	done
	client 0 /dev/null "$tdictl" query entity-list &&
	says got "entity	0x400:0" && says got "entity	0x200:$index" &&
	client 0 /dev/null "$tdictl" query -i "$index" interface &&
	says got "name	near" &&
	client 0 /dev/null "$tdictl" query network-address || return
	for ((i = 0; i < 20; i++)); do
		says got "address	10.9.$i.1:0" || return
	done
	client 0 /dev/null "$tdictl" query address-table &&
	says got "count	21" &&
	says got "address	10.9.19.1/255.255.255.0@$index" &&
	client 0 /dev/null "$tdictl" provider && says got "no-listen	" -F
}

# The node is root's.  From a directory that is everybody's, wherever this is
no_permission() {
	local said="open /dev/tdi/tcp: STATUS_ACCESS_DENIED (0xc0000022), errno EACCES: no permission: mode 0600, for its owner only; be root, or give it a group"
	local nobody=(setpriv --reuid 65534 --regid 65534 --clear-groups)

	chmod 755 "$tmp" && cp "$tdictl" "$tmp/tdictl" &&
	client 3 /dev/null "${nobody[@]}" "$tmp/tdictl" connect "$host" 80 &&
	says err "tdictl: $said" &&
	client 3 /dev/null "${nobody[@]}" "$tmp/tdictl" listen "$host" 8080 &&
	says err "tdictl: $said" &&
	client 3 /dev/null "${nobody[@]}" "$tmp/tdictl" status &&
	says got "module.loaded	yes" &&
	says got "/dev/tdi/tcp.error	$said"
}

first_program() {
	printf 'GET / HTTP/1.0\r\n\r\n' >"$tmp/request"
	serve "$tmp/up" && client 0 /dev/null "$example" "$host:$port" &&
	served 0 && same got up && same served request &&
	client 1 /dev/null "$example" "$host:$port" &&
	says err "connect: STATUS_CONNECTION_REFUSED, Connection refused"
}

# At a terminal, and interrupted
shell() {
	client 0 /dev/null "$dir/../tdictl/tests/shell.py" "$tdictl" listen
}

# One after the other and several at a time, one more than it has endpoints.
# After the first it has got as far as to serve them.
echo_uring() {
	local clients count i

	port=$((port + 1))
	serve_by /dev/null "$tools/libtdi-echo-uring" "$(quoted "$host"):$port" || return
	for count in 1 8 8; do
		clients=()
		for ((i = 0; i < count; i++)); do
			timeout "$limit" "$tdictl" connect "$host" "$port" \
				<"$tmp/up" >"$tmp/echo$i" &
			clients+=($!)
		done
		for ((i = 0; i < count; i++)); do
			wait "${clients[i]}" && same up "echo$i" || return
		done
	done
}

# ---- The plan ----

# A wire whose other end nobody answers at; the loopback is up
set_up() {
	local near=02:00:00:00:00:01 lost=02:00:00:00:00:99

	ip link set lo up &&
	ip link add near address $near type veth peer name far &&
	ip addr add 10.9.0.1/24 dev near &&
	ip addr add fd09::1/64 dev near nodad &&
	ip link set near up && ip link set far up &&
	ip neigh replace 10.9.0.2 lladdr $lost dev near &&
	ip neigh replace fd09::2 lladdr $lost dev near &&
	head -c "$size" /dev/urandom >"$tmp/up" &&
	head -c "$size" /dev/urandom >"$tmp/down" &&
	head -c 5 /dev/urandom >"$tmp/other"
}

each=(both_ways one_way local_port count events echoes echo_is_full refused
      unanswered taken traced)
once=(accept_ways status queries no_permission first_program shell echo_uring)
[ $# -gt 0 ] || set -- ipv4 ipv6
printf 'KTAP version 1\n1..%d\n' $(($# * ${#each[@]} + ${#once[@]}))
set_up || { echo "Bail out! no network"; exit 1; }
for family; do
	host=127.0.0.1 far=10.9.0.2
	[ "$family" = ipv4 ] || { host=::1 far=fd09::2; }
	for name in "${each[@]}"; do
		test_case "${name}_$family" "$name"
	done
done
host=127.0.0.1
for name in "${once[@]}"; do
	test_case "$name" "$name"
done
exit "$failed"
