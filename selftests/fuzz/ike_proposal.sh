#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# TIMEOUT=300
# The choice among IKE proposals under libFuzzer.
. "$(dirname "$0")/lib.sh"

fuzz_plan 1
fuzz ike_proposal -max_len=4096
fuzz_end
