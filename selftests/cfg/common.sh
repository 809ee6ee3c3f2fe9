# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# Shared by the tests of the configuration commands of ipsecctl.
set -u
export LC_ALL=C.UTF-8
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
# shellcheck disable=SC2034 # used by the tests
ipsecctl=$top/tools/ipsecctl/ipsecctl
# No daemon of this machine takes part.
export IPSECGW_CONTROL=/nonexistent/control
