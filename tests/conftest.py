"""One set of rules for every property test."""

import os

from hypothesis import settings

settings.register_profile("steady", derandomize=True, deadline=None)
settings.register_profile("search", max_examples=2000, deadline=None, print_blob=True)
# A submission is judged by the same cases each time; `make campaign` is where new ones are searched
# for.
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "steady"))
