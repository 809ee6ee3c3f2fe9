#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The reference of configuration commands is what the tables say.
. "$(dirname "$0")/common.sh"

plan 1
name="reference of configuration commands"
if [ -x tools/ipsecctl/ipsecctl ]; then
	verdict "$name" "$(tools/ipsecctl/ipsecctl configure reference |
		diff Documentation/configuration.rst - 2>&1 |
		head -n 20; [ "${PIPESTATUS[1]}" -eq 0 ] ||
		echo "'ipsecctl configure reference' prints it as it should be")"
else
	skip "$name" "ipsecctl is not built"
fi
finish
