#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Size budgets: a function over 80 lines (100 when it is flat: a switch or the
# filling of attributes), a .c file over 800, a header over 150 or a function
# with more than 6 parameters is to be split. usage: size.sh [FILE...]
. "$(dirname "$0")/common.sh"

files=("$@")
[ $# -gt 0 ] || mapfile -t files < <(c_files kernel include tools)

file_sizes() {
	local f n max

	for f in "${files[@]}"; do
		n=$(wc -l < "$f")
		case $f in *.h) max=150 ;; *) max=800 ;; esac
		[ "$n" -le $max ] || echo "$f: $n lines, at most $max"
	done
}

# Relies on the format: a function's braces stand alone in the first column.
# Flat: nothing in it is indented more than twice (three times in a switch).
functions() {
	awk -v what="$1" '
	function params(head,    s, depth, i, c, n) {
		s = head
		gsub(/__[a-z]+\([^()]*\)/, "", s)
		s = substr(s, index(s, "("))
		n = 1
		for (i = 1; i <= length(s); i++) {
			c = substr(s, i, 1)
			if (c == "(") depth++
			if (c == ")" && --depth == 0) break
			if (c == "," && depth == 1) n++
		}
		return n
	}
	FNR == 1 { head = ""; inside = 0 }
	inside && /^}/ {
		len = FNR - start + 1
		max = (deep <= (cases ? 3 : 2)) ? 100 : 80
		if (what == "lines" && len > max)
			printf "%s:%d: %s: %d lines, at most %d\n",
				FILENAME, start, name, len, max
		inside = 0; head = ""
		next
	}
	inside {
		# A continued line is indented for another reason.
		match($0, /^\t*/)
		if (RLENGTH > deep && ended) deep = RLENGTH
		ended = /([;{}:)]|else)$/
		if ($0 ~ /^\t*(case .*|default):/) cases++
		next
	}
	/^{/ && head ~ /\(/ {
		inside = 1; start = first; deep = 0; cases = 0; ended = 1
		name = head; sub(/ *\(.*/, "", name); sub(/.*[ *]/, "", name)
		n = params(head)
		if (what == "parameters" && n > 6)
			printf "%s:%d: %s: %d parameters, at most 6\n",
				FILENAME, start, name, n
		next
	}
	/^[#\/ *}]/ && !(head != "" && /^ /) { head = ""; next }
	/^$/ || /;[ \t]*$/ { head = ""; next }
	{ if (head == "") first = FNR; head = head " " $0 }
	' "${files[@]}"
}

plan 3
verdict "file sizes" "$(file_sizes)"
verdict "function sizes" "$(functions lines)"
verdict "parameter counts" "$(functions parameters)"
finish
