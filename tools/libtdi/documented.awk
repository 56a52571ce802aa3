# SPDX-License-Identifier: LGPL-2.1-or-later
# The tables of errnos and statuses in the comments of <linux/tdi.h>, as rows
# { "errno", "status", own },: own is 1 where the status is reported as that
# errno, in the table of requests in the first column.

/^ \* Errors that concern the call/	{ table = "call" }
/^ \* Errors of a request/		{ table = "request" }
/^ \*\//				{ table = "" }
!table					{ next }

# what stands in a line that begins with errnos belongs to them, as does
# what follows, further in
{
	sub(/^ \* ?/, "")
	gsub(/\([^)]*\)?/, "")	# remarks
	if (/^(0|E[A-Z0-9]+)/) {
		delete errnos
		count = 0
	} else if (table == "call" || !/^ +STATUS_/) {
		next
	}
	gsub(/,/, " ")
	for (i = 1; i <= NF; i++) {
		if ($i ~ /^(0|E[A-Z0-9]+)$/)
			errnos[++count] = $i
		if ($i !~ /^STATUS_[A-Z0-9_]+$/)
			continue
		for (j = 1; j <= count; j++)
			printf "{ \"%s\", \"%s\", %d },\n", errnos[j], $i,
			       table == "request" && j == 1
	}
}
