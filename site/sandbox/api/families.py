"""Every family of API operations; a new one is a module and a name here."""

from sandbox.api import balance, checkout, customers, event_list, payments, webhook_endpoints

__all__ = ["balance", "checkout", "customers", "event_list", "payments", "webhook_endpoints"]
