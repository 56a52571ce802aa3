#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# tdictl without a module: usage, exit codes, messages of wrong scenarios; KTAP.
# Usage: check.sh TDICTL COMPLETE-TEST
# shellcheck disable=SC2016	# the $ in a scenario's line is the scenario's
tdictl=$1 complete_test=$2
here=$(dirname "$0")
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT
count=0 failed=0

ok() {
	count=$((count + 1))
	if [ "$1" -eq 0 ]; then
		echo "ok $count tdictl_$2"
	else
		echo "not ok $count tdictl_$2"
		sed 's/^/# /' "$tmp/out"
		failed=$((failed + 1))
	fi
}

# expect NAME CODE PATTERN COMMAND...: exit code, and what is said somewhere
expect() {
	name=$1 code=$2 pattern=$3
	shift 3
	"$@" >"$tmp/out" 2>&1 </dev/null
	got=$?
	echo "exit code $got, expected $code and '$pattern'" >>"$tmp/out"
	[ "$got" -eq "$code" ] && sed '$d' "$tmp/out" | grep -q -e "$pattern"
	ok $? "$name"
}

# shell NAME CODE PATTERN LINE...: the same entered in the shell
shell() {
	name=$1 code=$2 pattern=$3
	shift 3
	printf '%s\n' "$@" >"$tmp/lines"
	# shellcheck disable=SC2016
	expect "$name" "$code" "$pattern" \
		sh -c '"$1" shell -t 0.3 <"$2"' sh "$tdictl" "$tmp/lines"
}

# record TYPE: an event as a read gives it, of one byte of data
record() {
	printf '\110\0\0\0%b\0\0\0' "\\0$1"
	head -c 32 /dev/zero
	printf '\0\0\0\0\0\0\0\0\1\0\0\0\1\0\0\0\0\0\0\0\100\0\0\0'
	printf 'x\0\0\0\0\0\0\0'
}

# terminal CASE...: of shell.py
terminal() {
	for case; do
		expect "shell_$case" 0 "^$case\$" "$here/shell.py" "$tdictl" "$case"
	done
}

# wrong NAME CODE PATTERN LINE...: a scenario of these lines
wrong() {
	name=$1 code=$2 pattern=$3
	shift 3
	printf '%s\n' "$@" >"$tmp/wrong.tdi"
	expect "$name" "$code" "$pattern" "$tdictl" run -t 0.3 "$tmp/wrong.tdi"
}

echo "KTAP version 1"
expect help 0 'Exit codes' "$tdictl" --help
expect help_run 0 'COMMAND ARGUMENT' "$tdictl" run -v --help
expect help_connect 0 'HOST PORT' "$tdictl" connect --help
expect help_listen 0 'ADDR PORT' "$tdictl" listen --help
expect help_events 0 'one line each' "$tdictl" events --help
expect help_shell 0 'quit' "$tdictl" shell --help
expect help_status 0 'tdictl status' "$tdictl" status -h
expect help_datagram 0 'TEXT|-' "$tdictl" send-datagram --help
expect help_query 0 'max-datagram-info' "$tdictl" query --help
expect commands 0 'open-endpoint NAME' "$tdictl" run --commands
expect no_subcommand 2 "no subcommand 'frob'" "$tdictl" frob
expect connect_no_port 2 'HOST and PORT' "$tdictl" connect localhost
expect connect_option 2 'option -x' "$tdictl" connect -x localhost 80
expect connect_calls 2 'HOST and PORT' "$tdictl" connect -T localhost
expect connect_calls_help 0 '^  -T .*run --times' "$tdictl" connect --help
expect listen_calls 2 'ADDR and PORT' "$tdictl" listen -T --once 127.0.0.1
expect listen_calls_help 0 '^  -T ' "$tdictl" listen --help
expect connect_time 2 'no time' "$tdictl" connect -t 1s localhost 80
expect connect_family 2 'does not go with' \
	"$tdictl" connect -6 -b 127.0.0.1 localhost 80
expect connect_local 2 'no address' "$tdictl" connect -b ::1 localhost 80
expect listen_count 2 'no count' "$tdictl" listen --count -1 127.0.0.1 80
expect listen_accept 2 "no way to accept: 'frob'" \
	"$tdictl" listen --accept frob 127.0.0.1 80
expect events_no_port 2 'ADDR and PORT' "$tdictl" events 127.0.0.1
expect events_count 2 "no count: 'x'" "$tdictl" events -c x 127.0.0.1 80
expect events_option 2 'option -x' "$tdictl" events -x 127.0.0.1 80
expect datagram_no_port 2 'HOST and PORT' "$tdictl" send-datagram localhost
expect datagram_option 2 'option -c' "$tdictl" send-datagram -c 1 localhost 53
expect datagram_time 2 "no time: 'x'" "$tdictl" send-datagram -t x localhost 53
expect datagram_from 2 "no address: 'x'" \
	"$tdictl" receive-datagram -f x 127.0.0.1 53
expect datagram_count 2 "no count: '-1'" \
	"$tdictl" receive-datagram -c -1 127.0.0.1 53
expect query_none 2 'TYPE, please' "$tdictl" query
expect query_type 2 "nothing to query: 'frob'" "$tdictl" query frob
expect query_target 2 "no PID:FD: '5'" "$tdictl" query -p 5 address-info
expect option_names 0 '^ao-mcast-filter$' "$tdictl" option
expect option_name 2 "no option: 'frob'" "$tdictl" option frob
expect status_option 2 "option '--frob'" "$tdictl" status --frob
expect shell_time 2 'no time' "$tdictl" shell -t never
expect shell_arguments 2 'no arguments' "$tdictl" shell file
expect run_no_file 2 'FILE' "$tdictl" run
expect run_missing 2 'missing.tdi: cannot read' "$tdictl" run "$tmp/missing.tdi"
expect run_define 2 'no NAME=VALUE' "$tdictl" run -D X "$here/language.tdi"
if [ ! -e /sys/module/tdi ]; then
	expect no_module 3 \
		'open /dev/tdi/tcp: STATUS_OBJECT_NAME_NOT_FOUND (0xc0000034), errno ENOENT: the module is not loaded: insmod' \
		"$tdictl" connect 127.0.0.1 80
	expect no_module_query 3 'not loaded' "$tdictl" query address-info
	if ldd "$tdictl" | grep -q json-c; then
		expect no_module_json 3 '"loaded": "no"' "$tdictl" status --json
	else
		expect no_json 2 'without json-c' "$tdictl" status --json
	fi
	expect no_module_status 3 'loaded' "$tdictl" status
	wrong no_module_run 3 ':1: open-control C: .*not loaded' 'open-control C'
fi

expect language 0 '^ok 1 language$' "$tdictl" run --ktap "$here/language.tdi"
if [ -n "$(echo 'require ipv6' | "$tdictl" run - 2>&1)" ]; then
	count=$((count + 1))
	echo "ok $count tdictl_language_ipv6 # SKIP no IPv6 on this machine"
else
	expect language_ipv6 0 '^ok 1 language' \
		"$tdictl" run --ktap -D 'HOST=[::1]' "$here/language.tdi"
fi
expect scenarios 0 '^ok 1 ' \
	"$tdictl" run --ktap --check "$here"/../scenarios/*.tdi
expect times 0 '^[0-9.]*	[0-9.]*	peer-shutdown Q	ok' \
	"$tdictl" run --times "$here/language.tdi"
expect diagram 0 'peer-listen' "$tdictl" run --diagram "$here/language.tdi"

wrong unknown 2 "wrong.tdi:2: no command 'frob'" 'require root' 'frob'
wrong quote 2 'no closing quote' 'let A = "'
wrong escape 2 'two hex digits' 'let A = "\xg1"'
wrong variable 2 'no variable B' 'let A = $B'
wrong variable_name 2 'is no variable' 'let a-b = 1'
wrong brace 2 'no } behind' 'let A = ${B'
wrong option 2 'has no option frob' 'listen E frob=1'
wrong too_few 2 'usage: connect ENDPOINT ADDRESS' 'connect E'
wrong too_many 2 'usage: close NAME' 'close E F'
wrong no_result 2 'nothing behind' 'close E =>'
wrong result_twice 2 "'=>' twice" 'close E => EBADF => EBADF'
wrong no_end 2 'repeat without end' 'repeat 2'
wrong no_repeat 2 'end without repeat' 'repeat 1' 'end' 'end'
wrong no_file 2 "no file 'E'" 'close E'
wrong address 2 'no address' 'peer-bind P 127.0.0.1'
wrong twice 2 "a 'P' already" 'peer-bind P 127.0.0.1:0' 'peer-bind P 127.0.0.1:0'
wrong result_name 2 "cannot end in 'EFROB'" 'peer-bind P 127.0.0.1:0 => EFROB'
wrong result_kind 2 'cannot end in' 'peer-bind P 127.0.0.1:0 => STATUS_SUCCESS'
wrong fact 2 "says nothing of 'frob'" 'peer-bind P 127.0.0.1:0 expect frob=1'
wrong background 2 'belongs to its wait' 'peer-listen P 127.0.0.1:0' \
	'peer-accept P Q expect peer=* &'
wrong failure 1 ':1: peer-connect Q: got errno ECONNREFUSED, expected success' \
	'peer-connect Q 127.0.0.1:1'
wrong no_failure 1 'got errno 0, expected EBADF' 'peer-bind P 127.0.0.1:0 => EBADF'
wrong status 1 'got STATUS_INVALID_DEVICE_REQUEST (0xc0000010), errno ENOTTY, expected STATUS_SUCCESS' \
	'open-file F /dev/null' 'disassociate F'
wrong data 1 'got "abd" (3 bytes), expected "abc" (3 bytes), different from byte 2' \
	'peer-listen P 127.0.0.1:0' 'let A = address(P)' 'peer-connect Q $A' \
	'peer-accept P R' 'peer-send Q "abd"' 'peer-receive R expect "abc"'
wrong short 1 'different from byte 1' \
	'peer-listen P 127.0.0.1:0' 'let A = address(P)' 'peer-connect Q $A' \
	'peer-accept P R' 'peer-send Q "a"' 'peer-close Q' \
	'peer-receive R expect "ab"'
wrong not_eof 1 'expected the end of the data' \
	'peer-listen P 127.0.0.1:0' 'let A = address(P)' 'peer-connect Q $A' \
	'peer-accept P R' 'peer-send Q "a"' 'peer-receive R expect eof'
wrong value 1 'got bytes=1, expected bytes>=2' \
	'peer-listen P 127.0.0.1:0' 'let A = address(P)' 'peer-connect Q $A' \
	'peer-send Q "a" expect bytes>=2'
wrong timeout 5 'not done after 300 ms' \
	'peer-listen P 127.0.0.1:0' 'peer-accept P Q'
wrong forgotten 1 'of line 2 was never waited for' \
	'peer-listen P 127.0.0.1:0' 'peer-accept P Q &'
wrong not_pending 1 'expected it to be pending' \
	'peer-listen P 127.0.0.1:0' 'let A = address(P)' 'peer-connect Q $A' \
	'peer-accept P R &' 'wait P' 'peer-send Q "x" &' 'peer-receive R' \
	'expect-pending Q'
# events, from files that hold them
record 3 >"$tmp/receive"
record 0 >"$tmp/connect"
cat "$tmp/receive" "$tmp/connect" "$tmp/receive" >"$tmp/several"
printf '%s\n' "open-file F $tmp/several" 'event F receive expect "x" bytes=1' \
	'event F connect expect offer=0' 'event F any expect type=receive' \
	>"$tmp/events.tdi"
expect events 0 '^ok 1 events$' "$tdictl" run --ktap "$tmp/events.tdi"
wrong event_other 1 'event F: got the event connect, expected receive' \
	"open-file F $tmp/connect" 'event F receive'
wrong event_data 1 'got "x" (1 bytes), expected "y"' \
	"open-file F $tmp/receive" 'event F receive expect "y"'
wrong event_none 1 'got 0 bytes that are no event' 'open-file F /dev/null' \
	'event F any'
wrong event_malformed 1 'got 65536 bytes that are no event' \
	'open-file F /dev/zero' 'event F any'
wrong event_left 1 'got the event connect, by an earlier read' \
	"open-file F $tmp/several" 'event F any' 'no-event F'
wrong no_event 1 'no-event F: got the event receive' \
	"open-file F $tmp/receive" 'no-event F'
wrong event_name 2 "no event: 'frob'" 'open-file F /dev/null' 'event F frob'
# a datagram from nowhere
record 4 >"$tmp/datagram"
printf '%s\n' "open-file F $tmp/datagram" \
	'event F receive-datagram expect "x" bytes=1 available=1 source=-' \
	>"$tmp/datagram.tdi"
expect event_datagram 0 '^ok 1 datagram$' "$tdictl" run --ktap "$tmp/datagram.tdi"
wrong option_unknown 2 "no option: 'frob'" 'open-file F /dev/null' \
	'get-option F frob'
wrong option_value 2 "no value: '1,x'" 'open-file F /dev/null' \
	'set-option F ao-ttl 1,x'
wrong query_unknown 2 "nothing to query: 'frob'" 'open-file F /dev/null' \
	'query-ex F frob'
wrong event_status 2 "no status: 'FROB'" 'open-file F /dev/null' \
	'refuse F offer=1 status=FROB'

shell shell_good 0 '^ok bytes=1$' 'peer-listen P 127.0.0.1:0' 'let A = address(P)' \
	'peer-connect Q $A' 'peer-accept P R' 'peer-send Q "a"' quit frob
shell shell_goes_on 2 '^ok$' 'frob' 'peer-listen P 127.0.0.1:0'
shell shell_code 1 'expected success' 'peer-connect Q 127.0.0.1:1' 'frob'
shell shell_loop 0 '^ok$' 'repeat 2 I' 'peer-listen P$I 127.0.0.1:0' 'end' \
	'close P0' 'close P1'
shell shell_help 0 'wait LABEL' 'help wait'
shell shell_under_way 0 'pending (P)' 'peer-listen P 127.0.0.1:0' 'peer-accept P Q &'
expect shell_complete 0 ' lines$' "$complete_test"
terminal errors end_of_input interrupt
if ldd "$tdictl" | grep -q libedit; then
	terminal history completion
else
	for case in history completion; do
		count=$((count + 1))
		echo "ok $count tdictl_shell_$case # SKIP built without libedit"
	done
fi
echo "1..$count"
[ "$failed" -eq 0 ]
