"""A terminal operator console for durable workflows."""

__version__ = "0.1.0"
