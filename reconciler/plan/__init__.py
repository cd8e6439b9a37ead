"""The plan: what must be written so that live becomes what the files say. Pure: no I/O."""
