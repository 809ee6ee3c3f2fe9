#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# What is generated from the netlink specification is up to date.
. "$(dirname "$0")/common.sh"

plan 1
out=$(Documentation/netlink/regen.sh --check 2>&1)
case $? in
0) verdict "generated netlink files" "" ;;
4) skip "generated netlink files" "missing: $out" ;;
*) verdict "generated netlink files" "$out" ;;
esac
finish
