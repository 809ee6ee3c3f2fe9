#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# TIMEOUT=300
# The joining of IKE fragments under libFuzzer.
. "$(dirname "$0")/lib.sh"

fuzz_plan 1
fuzz ike_frag -max_len=9000
fuzz_end
