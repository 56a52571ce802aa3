#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# names.sh [FAMILY...]
#
# Ordinary UDP programs at the other end of TDI's datagrams: dnsmasq, a server and a
# client in python; and what others see of TDI's files: /proc/net/tdi, fdinfo,
# addresses that come and go.  As root, with the module loaded; it takes a network
# namespace of its own.  KTAP on standard output.

# shellcheck disable=SC2317,SC2154
# shellcheck source=tools/selftests/lib.sh
. "$(dirname "$0")/lib.sh"

# An A record of name.test, and the end of the answer to it: 192.0.2.7
query=123401000001000000000000046e616d6504746573740000010001
answer=c0000207

# ---- What the tests are made of ----

# bound PROTOCOL: somebody has the port, an address of TDI's or a socket; ss takes
# a second to say so
bound() {
	grep -q ": [0-9A-F]*:$(printf %04X "$port") " "/proc/net/$1" "/proc/net/${1}6"
}

# serve_datagrams COMMAND...: as the server, on another port
serve_datagrams() {
	port=$((port + 1))
	start /dev/null "$@" && soon bound udp
}

unhex() {
	local i

	for ((i = 0; i < ${#1}; i += 2)); do
		printf '%b' "\\x${1:i:2}"
	done
}

hex() {
	od -An -v -tx1 "$1" | tr -d ' \n'
}

# ---- Tests, for each family ----

resolver() {
	port=$((port + 1))
	start /dev/null dnsmasq --no-daemon --conf-file=/dev/null --user=root \
		--pid-file= --no-resolv --no-hosts --bind-interfaces \
		--listen-address="$host" --port="$port" \
		--address=/name.test/192.0.2.7 &&
	soon bound udp
}

# The answer is to that question, and has the address
resolved() {
	local got

	got=$(hex "$1")
	expect_equal beginning "${got:0:8}" 12348580 &&
	expect_equal address "${got: -8}" "$answer"
}

names() {
	unhex "$query" >"$tmp/query"
	resolver && client 0 "$tmp/query" \
		"$tdictl" send-datagram -a "$host" "$port" - &&
	resolved "$tmp/got"
}

# One address, connected, asks again and again
names_connected() {
	resolver || return
	printf '%s\n' "open-address A $(quoted "$any"):0 device=udp" \
		"connect A $(quoted "$host"):$port" 'repeat 20' \
		"send-datagram A hex=$query" \
		"receive-datagram A expect bytes=43 source=$(quoted "$host"):$port" \
		'end' >"$tmp/names.tdi"
	client 0 /dev/null "$tdictl" run "$tmp/names.tdi"
}

# Says what it was told, in capitals
plain_server='
import socket, sys
family = socket.AF_INET6 if ":" in sys.argv[1] else socket.AF_INET
server = socket.socket(family, socket.SOCK_DGRAM)
server.bind((sys.argv[1], int(sys.argv[2])))
while True:
    data, source = server.recvfrom(65536)
    server.sendto(data.upper(), source)
'

# A question for each of its further arguments; prints the answers
plain_client='
import socket, sys
family = socket.AF_INET6 if ":" in sys.argv[1] else socket.AF_INET
client = socket.socket(family, socket.SOCK_DGRAM)
client.settimeout(30)
for question in sys.argv[3:]:
    client.sendto(question.encode(), (sys.argv[1], int(sys.argv[2])))
    print(client.recv(65536).decode())
'

python_server() {
	serve_datagrams python3 -c "$plain_server" "$host" $((port + 1)) &&
	client 0 /dev/null "$tdictl" send-datagram -a "$host" "$port" 'question' &&
	expect_equal answer "$(cat "$tmp/got")" QUESTION &&
	client 0 "$tmp/big" "$tdictl" send-datagram -a "$host" "$port" &&
	tr x X <"$tmp/big" >"$tmp/capitals" && same got capitals
}

python_client() {
	serve_datagrams "$tdictl" receive-datagram -v -c 3 -r pong "$host" \
		$((port + 1)) &&
	client 0 /dev/null python3 -c "$plain_client" "$host" "$port" a b c &&
	served 0 &&
	expect_equal questions "$(cat "$tmp/served")" abc &&
	expect_equal answers "$(xargs <"$tmp/got")" 'pong pong pong' &&
	says server.err "tdictl: receiving on $(quoted "$host"):$port" &&
	says server.err "tdictl: datagram from $(quoted "$host"):" -F
}

# Nobody answers: in time, and with the code for it
unanswered() {
	serve_datagrams python3 -c "${plain_server/server.sendto/id}" "$host" \
		$((port + 1)) &&
	client 5 /dev/null "$tdictl" send-datagram -a -t 0.2 "$host" "$port" x &&
	says err 'tdictl: TDI_RECEIVE_DATAGRAM: STATUS_IO_TIMEOUT (0xc00000b5), errno ETIMEDOUT: Connection timed out'
}

# ---- Tests, once: what others see ----

# step LINE...: for the shell; on return it has done them
step() {
	port=$((port + 1))
	printf '%s\n' "$@" "peer-listen P$port 127.0.0.1:$port"
	soon bound tcp >&2
}

# Files of one process, as everybody in the namespace sees them
files() {
	local at=127.0.0.1:5990 queued

	{
		step "open-address A $at" 'open-endpoint E context=0x1234' \
			'associate E A' 'open-control C' \
			"open-address U $at device=udp" \
			"open-address V 127.0.0.1:0 device=udp" \
			"connect V $at" 'send-datagram V "four"' \
			'send-datagram V "fives"' \
			'receive-datagram U expect "four"' \
			'receive-datagram V &' 'expect-pending V'
		cat /proc/net/tdi >"$tmp/table"
		setpriv --reuid=65534 --clear-groups cat /proc/net/tdi >"$tmp/theirs"
		"$tdictl" status --json >"$tmp/json"
		awk '/^tdi-/ { printf "%s%s", $2, ($1 == "tdi-dropped:" ? "\n" : " ") }' \
			"/proc/$(awk '$1 == "control" { print $7 }' "$tmp/table")/fdinfo"/* \
			>"$tmp/fdinfo"
		printf '%s\n' 'cancel V all' 'wait V => STATUS_CANCELLED'
	} | timeout "$limit" "$tdictl" shell >"$tmp/shell" 2>&1 ||
		{ cat "$tmp/shell"; return 1; }
	# the second datagram's memory
	queued=$(awk '$2 == "udp" && $10 >= 5 { print $10 }' "$tmp/table")
	# what the line says without the process and the port that was chosen
	expect_equal files "$(awk '{ $7 = ""; print }' "$tmp/table" |
			      sed -E 's/127.0.0.1:[0-9]{5}/chosen/; s/ +/ /g')" \
"kind device local remote state context uid pending unread unsent sent received dropped
address tcp $at - open 0x0 0 0 0 0 0 0 0
endpoint tcp $at - associated 0x1234 0 0 0 0 0 0 0
control tcp - - open 0x0 0 0 0 0 0 0 0
address udp $at - open 0x0 0 0 $queued 0 0 4 0
address udp chosen $at connected 0x0 0 1 0 0 9 0 0" &&
	expect_equal fdinfo "$(sed -E 's/127.0.0.1:[0-9]{5}/chosen/' "$tmp/fdinfo")" \
"address tcp open $at - 0x0 0 0 0 0 0 0
endpoint tcp associated $at - 0x1234 0 0 0 0 0 0
control tcp open - - 0x0 0 0 0 0 0 0
address udp open $at - 0x0 0 $queued 0 0 4 0
address udp connected chosen $at 0x0 1 0 0 9 0 0" &&
	expect_equal 'to others' "$(cat "$tmp/theirs")" \
		"$(sed 's/ 0x1234 / 0x0 /' "$tmp/table")" &&
	expect_equal json "$(python3 -c '
import json, sys
status = json.load(open(sys.argv[1]))
print(status["module"]["loaded"], [f["kind"] for f in status["files"]].count("address"),
      max(f["pending"] for f in status["files"]))' "$tmp/json")" 'yes 3 1'
}

# Those that are there, then each that comes or goes
addresses() {
	{
		step 'open-control C' 'set-event C add-address context=0xadd' \
			'set-event C del-address context=0xde1' \
			'event C add-address expect address=127.0.0.1:0 context=0xadd' \
			'event C add-address expect address=[::1]:0' 'no-event C'
		ip addr add 10.9.0.1/24 dev lo
		ip addr add fd09::1/64 dev lo nodad
		step 'event C add-address expect address=10.9.0.1:0' \
			'event C add-address expect address=[fd09::1]:0' 'no-event C'
		ip addr del 10.9.0.1/24 dev lo
		step 'event C del-address expect address=10.9.0.1:0 context=0xde1' \
			'event C del-address &' 'expect-pending C'
		ip addr del fd09::1/64 dev lo
		echo 'wait C expect address=[fd09::1]:0'
	} | timeout "$limit" "$tdictl" shell >"$tmp/shell" 2>&1 && return
	cat "$tmp/shell"
	return 1
}

# wire: two devices, nothing on them but what is put there; there is no carrier
# until "that" is up
wire() {
	ip -batch - <<-END
	link add this type veth peer name that address 02:00:00:00:00:0b
	link set this addrgenmode none
	link set that addrgenmode none
	link set this up
	END
}

# That nobody else has it is found out once there is a carrier: then it is told of.
addresses_in_use() {
	local code

	wire || return
	{
		step 'open-control C' 'set-event C add-address' \
			'event C add-address expect address=127.0.0.1:0' \
			'event C add-address expect address=[::1]:0'
		ip addr add fd09::1/64 dev this
		step 'no-event C'
		{ ip -6 addr show tentative; asked network-address; } >"$tmp/before"
		ip link set that up
		step 'event C add-address expect address=[fd09::1]:0'
		ip -6 addr show tentative >"$tmp/after"
		asked network-address >"$tmp/asked"
		step 'clear-event C add-address' 'set-event C del-address'
		ip addr add 10.9.0.1/24 dev this
		step 'no-event C'
		ip addr del 10.9.0.1/24 dev this
		step 'event C del-address expect address=10.9.0.1:0' \
			'clear-event C del-address'
		ip addr del fd09::1/64 dev this
		step 'no-event C'
	} | timeout "$limit" "$tdictl" shell >"$tmp/shell" 2>&1
	code=$?
	ip link del this
	[ "$code" -eq 0 ] || { cat "$tmp/shell"; return 1; }
	says before fd09::1 -F && says before 'count	0' &&
	expect_equal tentative "$(cat "$tmp/after")" '' && says asked 'count	1'
}

# asked TYPE: in an order of its own
asked() {
	"$tdictl" query "$1" | sort
}

# What is up, in both families; the loopback is not the network's
network() {
	local i

	expect_equal 'no address' "$(asked network-address)" 'count	0' &&
	expect_equal 'no link' "$(asked data-link-address 2>&1)" \
		'tdictl: data-link-address: STATUS_NOT_SUPPORTED (0xc00000bb), errno EOPNOTSUPP: Operation not supported' &&
	wire || return
	{
		printf 'addr add %s dev this\n' 10.9.0.1/24 10.9.1.1/16 \
			'fd09::1/64 nodad' 'fe80::1/64 nodad'
		printf 'link add idle type dummy\naddr add 10.8.0.1/24 dev idle\n'
	} | ip -batch - || return
	expect_equal addresses "$(asked network-address)" "$(sort <<-END
		count	4
		address	10.9.0.1:0
		address	10.9.1.1:0
		address	[fd09::1]:0
		address	[fe80::1%$(ip -o link show this | cut -d: -f1)]:0
		END
	)" || return
	# the first device of this kind is the other end
	expect_equal link "$(asked data-link-address)" "count	1
link	02:00:00:00:00:0b" || return
	for ((i = 2; i < 40; i++)); do
		echo "addr add 10.9.0.$i/24 dev this"
	done | ip -batch - || return
	expect_equal 'no more than' "$(asked network-address | grep count)" 'count	32' &&
	ip link del this && ip link del idle
}

# Another process's address, by its number
options() {
	local pid

	serve_datagrams "$tdictl" receive-datagram "$host" $((port + 1)) || return
	pid=$(awk '$2 == "udp" { print $7 }' /proc/net/tdi)
	client 0 /dev/null "$tdictl" option -p "$pid:3" ao-ttl 9 &&
	client 0 /dev/null "$tdictl" option -p "$pid:3" ao-ttl &&
	says got 'ao-ttl	9' &&
	client 0 /dev/null "$tdictl" query -p "$pid:3" address-info &&
	says got "address	127.0.0.1:$port" &&
	client 0 /dev/null "$tdictl" provider && says got 'flags	0x007b89af'
}

# ---- The plan ----

each=(names names_connected python_server python_client unanswered)
once=(files addresses addresses_in_use network options)
[ $# -gt 0 ] || set -- ipv4 ipv6
printf 'KTAP version 1\n1..%d\n' $(($# * ${#each[@]} + ${#once[@]}))
ip link set lo up || { echo "Bail out! no network"; exit 1; }
head -c 1000 /dev/zero | tr '\0' x >"$tmp/big"
for family; do
	host=127.0.0.1 any=0.0.0.0
	[ "$family" = ipv4 ] || { host=::1 any=::; }
	for name in "${each[@]}"; do
		test_case "${name}_$family" "$name"
	done
done
host=127.0.0.1
for name in "${once[@]}"; do
	test_case "$name" "$name"
done
exit "$failed"
