#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# TIMEOUT=300
# The command matcher under libFuzzer.
. "$(dirname "$0")/lib.sh"

fuzz_plan 1
fuzz cmd
fuzz_end
