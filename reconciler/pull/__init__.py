"""Writing live state into group files: a file for a group, a dashboard edit, and what is beside."""
