"""Interactly use-case groups as code: validate, plan and apply YAML against the live API."""

__version__ = "0.1.0"
