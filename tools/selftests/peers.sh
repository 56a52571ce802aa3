#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# peers.sh [--few] [FAMILY...]
#
# nginx, curl, iperf3 and ordinary sockets in an epoll loop, at the other end of
# a wire that loses, reorders and repeats packets both ways.  Every byte that
# comes is compared; --few leaves out what takes long.  As root, with the module
# loaded; it takes network namespaces of its own.  KTAP on standard output.

# shellcheck disable=SC2317,SC2154
# shellcheck source=tools/selftests/lib.sh
. "$(dirname "$0")/lib.sh"

bin=$tools/selftests
size=500000	# of a file
count=64	# of connections at once
netem=(limit 10000 delay 2ms reorder 25% loss 2% duplicate 2%)
far=(nsenter --net=/run/netns/tdi-far)	# where the peers are
nginx=
relay=

# ---- nginx: one connection with several requests ----

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
		client_max_body_size 0;
		server {
			listen 10.9.0.2:80;
			listen [fd09::2]:80;
			root $tmp;
			location = /stored { dav_methods PUT; }
			location = /end { return 200 "the end"; }
		}
	}
	END
}

start_nginx() {
	nginx_conf >"$tmp/nginx.conf"
	"${far[@]}" nginx -c "$tmp/nginx.conf" -p "$tmp" -e "$tmp/nginx.log" &
	nginx=$!
	port=80 soon listening "${far[@]}"
}

answered() {
	[ "$(tail -c 7 "$tmp/got")" = 'the end' ]
}

# request METHOD PATH [HEADER]
request() {
	printf '%s %s HTTP/1.1\r\nHost: far\r\n%s\r\n' "$1" "$2" "${3+$3$'\r\n'}"
}

# It ends with the last answer: the end of requests is that of a client to nginx.
requests() {
	request GET /down
	request PUT /stored "Content-Length: $size"
	cat "$tmp/up"
	request GET /stored
	request GET /end
	soon answered
}

# answer CODE FILE: the next one on descriptor 3, and its body
answer() {
	local line length=0

	read -r line <&3
	expect_equal status "${line:9:3}" "$1" || return
	while read -r line && [ "$line" != $'\r' ]; do
		case $line in
		Content-Length:*)
			line=${line%$'\r'}
			length=${line#*: } ;;
		esac
	done <&3
	head -c "$length" <&3 | cmp - "$2"
}

nginx_serves() {
	local port=80

	rm -f "$tmp/stored"
	: >"$tmp/got"
	host=$there connect 0 <(requests) &&
	printf 'the end' >"$tmp/end" &&
	{
		answer 200 "$tmp/down" && answer 201 /dev/null &&
		answer 200 "$tmp/up" && answer 200 "$tmp/end"
	} 3<"$tmp/got" &&
	same stored up
}

# ---- curl ----

# call OPTION...: curl from the far side, of whoever listens
call() {
	client 0 /dev/null "${far[@]}" curl -sS -g "$@" \
		"http://$(quoted "$host"):$port/file"
}

page() {
	printf 'HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n' "$size"
	cat "$tmp/down"
}

curl_fetches() {
	serve <(page) --accept event && call && served 0 && same got down &&
	says served "GET /file HTTP/1.1"$'\r'
}

body() {
	sed '1,/^\r$/d' "$tmp/served"
}

uploaded() {
	[ "$(stat -c %s "$tmp/served")" -gt "$size" ] &&
	[ "$(body | wc -c)" -eq "$size" ]
}

thanks() {
	soon uploaded
	printf 'HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n'
}

curl_uploads() {
	serve <(thanks) --accept event &&
	call -H Expect: -T "$tmp/up" -w '%{http_code} %{size_upload}' &&
	served 0 && says got "201 $size" && body | cmp - "$tmp/up"
}

# ---- iperf3: its connections pass through two endpoints each ----

# iperf OF-SERVER OF-CLIENT OPTION...: files that are sent, or received.
# It loses its place in a file when a write is cut short, and what is left of
# one that is smaller than the others when there is no room for it (3.12).  A
# write that is a segment goes as a whole, so all of them are segments.
iperf() {
	local served=$1 own=$2 segment=1448

	shift 2
	[ "$host" = 10.9.0.1 ] || segment=1428
	sent=$((size / segment * segment))
	head -c "$sent" "$tmp/down" >"$tmp/file"
	rm -f "$tmp/sink"
	port=$((port + 1))
	start /dev/null "${far[@]}" iperf3 -s -1 -J -B "$there" -p "$port" \
		-F "$tmp/$served"
	timeout "$limit" "$bin/relay" "$(quoted "$host"):$port" \
		"$(quoted "$there"):$port" >"$tmp/relayed" &
	relay=$!
	soon listening && soon listening "${far[@]}" &&
	client 0 /dev/null "${far[@]}" iperf3 -c "$host" -p "$port" -J \
		-F "$tmp/$own" -n "$sent" -l "$segment" "$@" &&
	served 0 && soon relayed && end_relay
}

# Of control and of data
relayed() {
	[ "$(wc -l <"$tmp/relayed")" = 2 ]
}

end_relay() {
	kill "$relay"
	wait "$relay"
	relay=
} 2>/dev/null

# passed WAY: bytes of data that the relay has seen
passed() {
	awk -v way="$1" '{ for (i = 1; i < NF; i++)
				if ($i == way && $(i + 1) > most)
					most = $(i + 1) }
			 END { print most + 0 }' "$tmp/relayed"
}

# counted SIDE: the same by iperf3
counted() {
	awk -v side="\"sum_$1\":" '$1 == side { found = 1 }
		found && $1 == "\"bytes\":" { print $2 + 0; exit }' "$tmp/got"
}

# What it has sent it does not wait for: some of it is missing at the end, and
# iperf3 garbles the file there, also without a relay, where a write is cut
# short.  The connection begins with 37 bytes that it does not count.
iperf_sends() {
	local sent sink passed

	iperf sink file || return
	sink=$(stat -c %s "$tmp/sink") passed=$(passed there)
	expect_equal received "$(counted received)" "$sink" &&
	cmp -n $((size / 2)) "$tmp/sink" "$tmp/file" || return
	[ "$sink" -ge $((size / 2)) ] && [ "$passed" -ge $((sink + 37)) ] &&
	[ "$passed" -le $(($(counted sent) + 37)) ] && return
	echo "$(counted sent) sent, $passed passed on, $sink received"
	return 1
}

iperf_receives() {
	local sent

	iperf file sink -R && same sink file &&
	expect_equal sent "$(counted sent)" "$sent" &&
	expect_equal "passed on" "$(passed back)" "$sent" &&
	expect_equal received "$(counted received)" "$sent"
}

# ---- Ordinary sockets; many connections at once ----

# streams CALLER SERVER: ways of tools/selftests/streams, one of them "socket"
streams() {
	local caller=() server_at=() at=$host

	if [ "$1" = socket ]; then
		caller=("${far[@]}")
	else
		server_at=("${far[@]}") at=$there
	fi
	port=$((port + 100))
	start /dev/null "${server_at[@]}" "$bin/streams" "$2" serve "$at" \
		"$port" "$count"
	soon grep -q ready "$tmp/served" &&
	client 0 /dev/null "${caller[@]}" "$bin/streams" "$1" call "$at" \
		"$port" "$count" &&
	served 0
}

socket_calls_event() { streams socket event; }
socket_calls_block() { streams socket block; }
event_calls_socket() { streams event socket; }
block_calls_socket() { streams block socket; }
file_calls_socket() { streams file socket; }

# ---- The wire ----

# Packets of IP that went to the device
packets() {
	"$@" nstat -asz IpOutRequests Ip6OutRequests |
		awk 'NR > 1 { sum += $2 } END { print sum }'
}

# harmed DEVICE [COMMAND...]: netem counts neither what it got nor what it doubled
harmed() {
	local device=$1 sent lost reordered doubled

	shift
	read -r sent lost reordered < <("$@" tc -s qdisc show dev "$device" |
		sed -nE 's/.* ([0-9]+) pkt \(dropped ([0-9]+),.* requeues ([0-9]+)\).*/\1 \2 \3/p')
	doubled=$((sent + lost - $(packets "$@")))
	echo "$device: $sent packets, $lost lost, $reordered reordered, $doubled doubled"
	[ "$lost" -ge 5 ] && [ "$reordered" -ge 5 ] && [ "$doubled" -ge 5 ]
}

wire() {
	harmed near && harmed far "${far[@]}"
}

# ---- The plan ----

# end DEVICE NUMBER [COMMAND...]: one end of the wire.  Buffers are small, or
# nobody would ever wait for room; segments are packets, or few would be lost.
end() {
	local device=$1 number=$2

	shift 2
	"$@" ip addr add "10.9.0.$number/24" dev "$device" &&
	"$@" ip addr add "fd09::$number/64" dev "$device" nodad &&
	"$@" ip link set "$device" up gso_max_segs 1 &&
	"$@" tc qdisc add dev "$device" root netem "${netem[@]}" &&
	"$@" sysctl -qw net.ipv4.tcp_wmem='4096 8192 16384' \
		net.ipv4.tcp_rmem='4096 32768 65536'
}

routed() {
	{
		ip route get 10.9.0.2 && "${far[@]}" ip route get 10.9.0.1 &&
		ip route get fd09::2 && "${far[@]}" ip route get fd09::1
	} >/dev/null 2>&1
}

set_up() {
	ip netns add tdi-far &&
	ip link add near type veth peer name far netns tdi-far &&
	end near 1 && end far 2 "${far[@]}" && soon routed &&
	head -c "$size" /dev/urandom >"$tmp/up" &&
	head -c "$size" /dev/urandom >"$tmp/down" && start_nginx
}

clean_up() {
	[ -z "$relay" ] || end_relay
	[ -z "$nginx" ] || { kill "$nginx"; wait "$nginx"; }
	ip netns del tdi-far
	rm -rf "$tmp"
}
trap clean_up EXIT

# tests FAMILY: their names.  What is much alike for both is done over one.
tests() {
	echo nginx_serves socket_calls_event event_calls_socket
	[ -n "$few" ] || echo curl_fetches curl_uploads
	case $few$1 in
	ipv4) echo iperf_sends block_calls_socket ;;
	ipv6) echo iperf_receives socket_calls_block file_calls_socket ;;
	esac
}

few=
if [ "${1-}" = --few ]; then
	few=1 size=100000 count=32
	shift
fi
[ $# -gt 0 ] || set -- ipv4 ipv6
plan=()
for family; do
	for name in $(tests "$family"); do
		plan+=("$name $family")
	done
done
printf 'KTAP version 1\n1..%d\n' $((${#plan[@]} + 1))
set_up || { echo "Bail out! no network"; exit 1; }
for item in "${plan[@]}"; do
	read -r name family <<<"$item"
	host=10.9.0.1 there=10.9.0.2
	[ "$family" = ipv4 ] || { host=fd09::1 there=fd09::2; }
	test_case "${name}_$family" "$name"
done
test_case wire wire
exit "$failed"
