#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# TIMEOUT=300
# The state that an engine takes over, under libFuzzer.
. "$(dirname "$0")/lib.sh"

fuzz_plan 1
fuzz ike_state -max_len=8192
fuzz_end
