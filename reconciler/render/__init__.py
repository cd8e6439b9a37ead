"""What people and programs read of a plan, a run or a list of findings.

Renderers only read; they decide nothing. Whatever text they are given may be hostile and leaves
them visible and inert.
"""
