#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# TIMEOUT=300
# Certificates, identities and signatures of peers under libFuzzer.
. "$(dirname "$0")/lib.sh"

fuzz_plan 1
fuzz ike_cert -max_len=8192
fuzz_end
