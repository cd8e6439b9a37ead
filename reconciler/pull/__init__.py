"""Writing live state into group files: adopting a group, taking a dashboard edit over."""
