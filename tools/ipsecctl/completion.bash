# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# Completion of ipsecctl for bash: the program itself says what may come next.

_ipsecctl() {
	local cur=${COMP_LINE:0:COMP_POINT} last

	last=${cur##*[[:blank:]]}
	# Through a pipe: what is typed may be a key, and arguments are public.
	mapfile -t COMPREPLY < <(printf '%s' "$cur" |
		"${COMP_WORDS[0]}" --complete 2> /dev/null)
	# Bash replaces only what follows the last of its own word breaks.
	case $last in
	*:*) COMPREPLY=("${COMPREPLY[@]#"${last%:*}:"}") ;;
	esac
	[ ${#COMPREPLY[@]} -gt 0 ] && return
	case ${COMP_WORDS[COMP_CWORD - 1]} in
	-b | -f | -s | -o | --batch | --file | --startup | --output | output | \
	key-file | integ-key-file | check)
		compopt -o default 2> /dev/null ;;
	esac
}

complete -F _ipsecctl ipsecctl
