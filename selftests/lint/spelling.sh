#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# codespell over all text but what a fuzzer found; words it must accept are in
# spelling-words.txt.
. "$(dirname "$0")/common.sh"

plan 1
shopt -s nullglob
verdict "codespell" "$(codespell -q 3 -I "$lint/spelling-words.txt" \
	--skip 'nl_gen.*,*.o,*.ko,*.d,*.pcap,*.bin,*/fuzz/seeds/*' \
	Kbuild Makefile README* dkms.conf debian kernel include tools selftests \
	Documentation .ci 2>&1)"
finish
