# SPDX-License-Identifier: GPL-2.0-only
"""Ways in which a part of a tunnel ends under traffic, and how it comes back."""
import socket
from ktap import must, wait_for
from nsnet import Ns


def leave(_):
    """Nothing ends before all does."""


def unbind(world):
    """The map comes off both interfaces."""
    world.unbind()


def rebind(world):
    """And on again."""
    world.bind()


def cut(world):
    """The bound interfaces are deleted."""
    world.g[0].delete("o1")


def move(world):
    """One bound interface goes elsewhere, and that place away at once."""
    other = Ns()
    world.g[0].move("o1", other)
    other.close()


def mend(world):
    """A new cable, with the map."""
    def has_none():
        with world.g[1]:
            return "o2" not in (n for _, n in socket.if_nameindex())
    must(wait_for(30, has_none), "the interface does not go away")
    world.g[1]._names.pop("o2", None)
    world.cable()
    world.bind()


def flush_sas(world):
    """No SA is left."""
    for gw in world.gw:
        gw.flush()


def new_sas(world):
    """SAs again; the socket for UDP is still there."""
    world.sas()
    world.aside_udp()


def flush_all(world):
    """No rule is left, and no SA of x."""
    for gw in world.gw:
        gw.ask("policy-flush")
    world.gw[0].flush()


def new_rules(world):
    """All again."""
    world.rules()
    new_sas(world)


def close(world):
    """The socket for ESP in UDP is closed by its owner."""
    world.close_encap()


def reopen(world):
    """Another one, for the same SA."""
    world.hand_over()


def take_back(world):
    """The socket is taken back from the module, and handed over again."""
    world.gw[0].ask("encap-del", fd=world.encap.fileno())
    world.gw[0].ask("encap-add", fd=world.encap.fileno())


CHANGES = {
    "unbound and bound again": (unbind, rebind),
    "interface deleted and made again": (cut, mend),
    "interface moved to a namespace that ends": (move, mend),
    "all SAs flushed and new ones added": (flush_sas, new_sas),
    "all rules flushed and new ones added": (flush_all, new_rules),
    "socket for UDP closed and opened again": (close, reopen),
    "socket for UDP taken back and given again": (take_back, leave),
}
FATES = (leave, unbind, cut, flush_sas, flush_all, close, move)
