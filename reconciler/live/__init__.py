"""The wire format: every assumption on API paths, envelopes, paging, spellings and ids, only here.

Documented by the vendor: the path, method and body of the upsert, and the fields of a group, a use
case and an action. Assumed, after the conventions of the vendor's SDK; (*) can be overridden in
`[tool.reconciler.api]`:

- GET on the upsert's path (*) lists the groups of an integration; the same with `/{group_id}`
  behind it gives one.
- A list comes bare or in an envelope (*), in pages of `page` and `size` or behind a `cursor`; one
  group comes bare or wrapped.
- The id is `_id`, `id` or `group_id`, 24 hex digits; fields are in snake case or camel case.
- The upsert's answer is JSON, and may hold the group.

An answer of any other shape is an error. It is never "no groups": that would create every group a
second time.

`client` talks, `paging` decides whether a list is whole, `shapes` decodes, and `unknown` keeps in
mind what has no place in a `Group`; all but `client` are pure.
"""

from reconciler.live.client import Reader, Writer, encode_body, reading, writing
from reconciler.live.shapes import answered_group_id
from reconciler.transport import Outcome

__all__ = ["Outcome", "Reader", "Writer", "answered_group_id", "encode_body", "reading", "writing"]
