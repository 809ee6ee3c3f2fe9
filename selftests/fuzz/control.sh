#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# TIMEOUT=300
# What clients of the control socket send, under libFuzzer.
. "$(dirname "$0")/lib.sh"

fuzz_plan 1
fuzz control -max_len=4096
fuzz_end
