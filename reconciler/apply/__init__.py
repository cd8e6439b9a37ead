"""Carrying a plan out, and what a run leaves behind."""
