# SPDX-License-Identifier: GPL-2.0-or-later
"""strongSwan's daemon as hub and as spokes, SAs in its userspace ESP."""
import os

from net import HUB, HUB_NET, Daemon, inner, spoke, wait_for
from vici import Vici

# An overlay of the unpacked packages, in the mount namespace of the daemon alone.
START = ("mount -t overlay -o lowerdir=%s/usr:/usr none /usr && "
         "exec /usr/sbin/charon-systemd")
# What helps it: DH by OpenSSL, tables for many SAs, no cookies, and no job
# that waits because there are many.
CONF = """
charon-systemd {
  threads = 16
  start-scripts { }
  install_routes = no
  install_virtual_ip = no
  dos_protection = no
  ikesa_table_size = 8192
  ikesa_table_segments = 16
  journal { default = -1 }
  filelog { log { path = %(log)s
    default = -1
  } }
  plugins {
    vici { socket = unix://%(vici)s }
    kernel-libipsec { load = yes }
    bypass-lan { load = no }
    gmp { load = no }
    updown { load = no }
    resolve { load = no }
  }
}
"""


class Charon:
    """One of them."""
    what = "charon"

    def __init__(self, net, where, folder, row, root):
        base = os.path.join(folder, "charon-" + where)
        self.where, self.row = where, row
        with open(base + ".conf", "w", encoding="ascii") as f:
            f.write(CONF % {"log": base + ".log", "vici": base + ".vici"})
        self.path = base + ".vici"
        if os.path.exists(self.path):
            os.unlink(self.path)
        self.daemon = Daemon(net, where, ["sh", "-c", START % root],
                             base + ".out", STRONGSWAN_CONF=base + ".conf")
        wait_for(30, "charon", lambda: os.path.exists(self.path) or
                 not self.daemon.alive())
        self.vici = Vici(self.path)
        self.seen = set()

    def load(self, count):
        """The configuration of COUNT tunnels."""
        self.vici.call("load-shared", type="IKE", data="secret-of-both")
        if self.where == "h":
            self.connection("hub", [HUB], ["%any"], ["10.100.0.0/16"])
            return
        for i in range(1, count + 1):
            self.connection("t%d" % i, [spoke(i)], [HUB], [inner(i) + "/32"])

    def connection(self, name, local, remote, spoke_net):
        """One, whose child is called net."""
        hub = self.where == "h"
        child = {"esp_proposals": [self.row["charon_esp"]],
                 "local_ts": [HUB_NET] if hub else spoke_net,
                 "remote_ts": spoke_net if hub else [HUB_NET],
                 # Its list of rules grows with the square of their number.
                 "policies": "no"}
        conn = {"version": "1", "local_addrs": local, "remote_addrs": remote,
                "proposals": [self.row["charon"]], "dpd_delay": "0",
                "unique": "no", "local-1": {"auth": "psk"},
                "remote-1": {"auth": "psk"}, "children": {"net": child}}
        self.vici.call("load-conn", **{name: conn})

    def begin(self, first, last):
        """Begin these tunnels."""
        for i in range(first, last + 1):
            self.vici.call("initiate", child="net", ike="t%d" % i,
                           timeout="-1")

    def rekey(self, count):
        """Begin phase 2 of all of them anew."""
        del count
        self.vici.call("rekey", child="net")

    def made(self):
        """Pairs of SAs that were ever seen to be installed."""
        for answer in self.vici.stream("list-sas", "list-sa"):
            for sa in answer.values():
                self.seen |= {c["spi-in"] for c in sa["child-sas"].values()
                              if c["state"] == "INSTALLED"}
        return len(self.seen)

    def stop(self):
        """End it."""
        self.daemon.stop()
