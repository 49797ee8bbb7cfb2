"""Which network addresses are open to everyone, so that Laurel may connect to them for people who only typed a link."""

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_network

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

_UNICAST = IPv6Network("2000::/3")  # the only part of IPv6 that is given out for the internet
_SIX_TO_FOUR = IPv6Network("2002::/16")
_NAT64 = IPv6Network("64:ff9b::/96")
# Beyond what every supported version of `ipaddress` knows to be special.
_SPECIAL = [
    IPv4Network("100.64.0.0/10"),  # shared by the customers of a provider
    IPv4Network("168.63.129.16/32"),  # the host below a machine in Azure; public only by its number
    IPv4Network("192.0.0.0/24"),  # protocol assignments, and metadata in Oracle's cloud
    IPv4Network("192.88.99.0/24"),  # relays that are gone
    IPv6Network("2001::/23"),  # protocol assignments, with Teredo in it
    IPv6Network("2001:db8::/32"),
    IPv6Network("3fff::/20"),
]


def parse_networks(texts: Iterable[str]) -> list[Network]:
    """Networks from texts like `10.1.0.0/16` or `fd00::/8`. Raises ValueError for anything else."""
    return [ip_network(text.strip()) for text in texts]


def carried(address: Address) -> Address:
    """The IPv4 address inside an IPv6 one (mapped, 6to4, NAT64), where packets end; else the address itself."""
    if isinstance(address, IPv4Address):
        return address
    if address.ipv4_mapped:
        return address.ipv4_mapped
    if address in _SIX_TO_FOUR:
        return IPv4Address((int(address) >> 80) & 0xFFFFFFFF)
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address


def is_public(address: Address) -> bool:
    """Whether anyone on the internet reaches the same machine at this address."""
    address = carried(address)
    if isinstance(address, IPv6Address) and address not in _UNICAST:
        return False
    if any(address in network for network in _SPECIAL):
        return False
    return address.is_global and not address.is_multicast and not address.is_reserved


def is_within(address: Address, networks: Iterable[Network]) -> bool:
    """Whether the address, or the IPv4 one it carries, lies in one of the networks."""
    return any(address in network or carried(address) in network for network in networks)
