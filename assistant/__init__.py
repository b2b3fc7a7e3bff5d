"""Yidan: the customer-service assistant of short-lived trading groups."""

__version__ = "0.1.0"
