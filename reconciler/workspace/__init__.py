"""A folder of group files, and what can be asked of it, without a command line."""
