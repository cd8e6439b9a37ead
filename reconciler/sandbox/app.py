"""The API's three operations as a FastAPI app over a store, strictly as the contract has them.

A test holds the document that FastAPI generates from this module against that contract
(`tests/contract/openapi.yaml`).
"""

import uuid
from collections.abc import Awaitable, Callable
from datetime import time
from typing import Annotated, Final, Literal

from fastapi import Depends, FastAPI, HTTPException, Path, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import AfterValidator, BaseModel, BeforeValidator, Field, StrictBool, StrictInt
from pydantic_core import PydanticCustomError

from reconciler.model import INTEGRATIONS, Integration
from reconciler.sandbox.store import Store, UnknownGroupError

_GROUPS: Final = "/integrations/v1/integrations/{integration}/use-case-groups"
_OBJECT_ID: Final = "^[0-9a-f]{24}$"

ObjectId = Annotated[str, Field(pattern=_OBJECT_ID)]


def _text_only(value: object) -> object:
    """Refuse the numbers that pydantic would read as seconds since midnight.

    The contract knows texts only.
    """
    if isinstance(value, str | time):
        return value
    raise PydanticCustomError("string_type", "Input should be a valid string")


StartTime = Annotated[
    time,
    BeforeValidator(_text_only),
    AfterValidator(lambda value: value.replace(microsecond=0, tzinfo=None)),
]


class Action(BaseModel):
    """One text or call of a use case."""

    action_type: Literal["SMS", "CALL"]
    context: str
    day: StrictInt
    template_name: str


class UseCase(BaseModel):
    """One reason to contact patients."""

    use_case: str
    enabled: StrictBool
    actions: list[Action]


class UpsertGroup(BaseModel):
    """The body of an upsert; like FastAPI it ignores fields that it does not know."""

    name: str
    slug: str | None = None
    sheet_link: str | None = None
    assistant_id: str | None = None
    timezone: str | None = None
    start_time: StartTime | None = None
    group_id: ObjectId | None = None
    use_cases: list[UseCase] = Field(default_factory=list)


class Group(UpsertGroup):
    """A group as it is answered: some fields are no longer optional."""

    group_id: ObjectId | None
    slug: str | None
    use_cases: list[UseCase]


class GroupPage(BaseModel):
    """One page of the groups of an integration."""

    use_case_groups: list[Group]
    total: int = Field(ge=0)
    page: int = Field(ge=1)
    size: int = Field(ge=1)
    pages: int = Field(ge=0)


class Refusal(BaseModel):
    """Why there is no answer."""

    detail: str


_bearer = HTTPBearer(scheme_name="apiKey", auto_error=False)


async def _authorise(
    credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)],
) -> None:
    """Accept any bearer token: there are no secrets, but a client must notice a missing header."""
    if credentials is None:
        raise HTTPException(401, "Not authenticated", {"WWW-Authenticate": "Bearer"})


def create_app(store: Store) -> FastAPI:
    """Return the app that answers from a store."""
    app = FastAPI(
        title="Interactly use-case groups (sandbox)",
        dependencies=[Depends(_authorise)],
        # The API has these operations and no others; the documentation pages would load scripts
        # from elsewhere.
        openapi_url=None,
    )

    @app.middleware("http")
    async def number_answers(
        request: Request, call_next: Callable[[Request], Awaitable[Response]]
    ) -> Response:
        response = await call_next(request)
        response.headers["X-Request-Id"] = uuid.uuid4().hex
        return response

    # FastAPI answers 400 to bytes that are no text at all; the contract has one status for every
    # bad body.
    @app.exception_handler(400)
    async def unreadable_body(_request: Request, error: HTTPException) -> JSONResponse:
        problem = {"type": "json_invalid", "loc": ["body"], "msg": error.detail}
        return JSONResponse({"detail": [problem]}, 422)

    # All on the event loop, one after the other: in worker threads they would wait for each other's
    # SQLite locks.
    @app.post(_GROUPS, operation_id="upsertGroupAndUsecases")
    async def upsert_group(integration: Integration, body: UpsertGroup) -> Group:
        try:
            group = store.upsert(integration, body.model_dump(mode="json", exclude_unset=True))
        except UnknownGroupError as error:
            problem = {
                "type": "value_error",
                "loc": ("body", "group_id"),
                "msg": "No such group",
                "input": body.group_id,
            }
            raise RequestValidationError([problem]) from error
        return Group.model_validate(group)

    @app.get(_GROUPS, operation_id="listGroups")
    async def list_groups(
        integration: Integration,
        page: Annotated[int, Query(ge=1)] = 1,
        size: Annotated[int, Query(ge=1, le=500)] = 100,
    ) -> GroupPage:
        groups = store.groups(integration)
        shown = groups[(page - 1) * size : page * size]
        return GroupPage.model_validate(
            {
                "use_case_groups": shown,
                "total": len(groups),
                "page": page,
                "size": size,
                "pages": -(-len(groups) // size),
            }
        )

    # The contract knows no 422 here, so the path is documented but not validated: what is no id is
    # no group.
    @app.get(_GROUPS + "/{group_id}", operation_id="getGroup", responses={404: {"model": Refusal}})
    async def get_group(
        integration: Annotated[str, Path(json_schema_extra={"enum": list(INTEGRATIONS)})],
        group_id: Annotated[str, Path(json_schema_extra={"pattern": _OBJECT_ID})],
    ) -> Group:
        group = store.group(integration, group_id)
        if group is None:
            raise HTTPException(404, "No such group")
        return Group.model_validate(group)

    return app
