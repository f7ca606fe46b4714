"""pcsync: infrastructure-as-code for Microsoft Partner Center."""

__version__ = "0.1.0"
