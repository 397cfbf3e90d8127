"""What systemd is told by a service: ready, alive, stopping (sd_notify(3)); nothing without it."""

import os
import socket


def ready() -> None:
    """Work is being taken."""
    _tell("READY=1")


def alive() -> None:
    """Everything was looked after; the watchdog may wait again (WatchdogSec of the unit)."""
    _tell("WATCHDOG=1")


def stopping() -> None:
    """The stop has begun."""
    _tell("STOPPING=1")


def _tell(state: str) -> None:
    """One datagram to the socket that systemd names; an abstract one begins with @."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address:
        return
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as one:
        one.sendto(state.encode(), "\0" + address[1:] if address.startswith("@") else address)
