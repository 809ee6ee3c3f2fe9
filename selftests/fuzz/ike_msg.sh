#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# TIMEOUT=300
# The parser of IKE messages under libFuzzer.
. "$(dirname "$0")/lib.sh"

fuzz_plan 1
fuzz ike_msg -max_len=4096
fuzz_end
