"""The survey after an order: members answer by their token or by their link, the seller sees answers together."""

from typing import Annotated, Literal

from fastapi import APIRouter, Path, Request
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from assistant.accounts.permissions import Deed
from assistant.delivery.surveys import Question, SurveyDesk
from assistant.surveys.answers import LONGEST_TEXT, SurveyReply
from assistant.web.auth import GroupId, OfGroup, Participant, needs
from assistant.web.errors import ApiError
from assistant.web.schemas import clean
from assistant.web.state import Server, server_of

router = APIRouter(prefix="/api", tags=["surveys"])

Code = Annotated[str, Path(pattern=r"^[\w-]{8,40}$", description="The code of a survey's link.")]


class SurveyAnswerIn(BaseModel):
    """Stars from 1 to 5, and a word if they like."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"stars": 4, "text": "包装可以再结实点"}]})
    stars: Annotated[int, Field(ge=1, le=5)]
    text: Annotated[str, Field(max_length=LONGEST_TEXT), AfterValidator(clean)] = ""

    def reply(self) -> SurveyReply:
        """Return it as the survey takes it."""
        return SurveyReply(self.stars, self.text)


class SurveyOut(BaseModel):
    """What a member is asked. ``text`` is the question, or why there is none to answer."""

    group: str
    state: Literal["open", "answered", "over"]
    text: str
    shown_from: int


class SurveyResultsOut(BaseModel):
    """What members answered. ``stars`` counts one to five stars of the ``shown`` answers; ``texts`` have no order."""

    asked: int
    answered: int
    shown: int
    at_least: int
    stars: list[int]
    average: float | None
    texts: list[str]


@router.get("/groups/{group_id}/survey/results")
@needs(Deed.READ)
async def survey_results(access: OfGroup) -> SurveyResultsOut:
    """Return the group's survey; answers are shown so many at a time that none tells whose it is.

    Whose role does not show them what members write gets the stars alone.
    """
    assert access.group is not None
    results = await desk_of(access.server).results(access.group.id)
    shown = SurveyResultsOut.model_validate(results.to_json())
    return shown if access.may(Deed.MEMBERS) else shown.model_copy(update={"texts": []})


@router.get("/groups/{group_id}/survey")
@needs(Deed.MEMBERS)
async def my_survey(request: Request, group_id: GroupId, caller: Participant) -> SurveyOut | None:
    """Return what the member is asked about their order; null where they were not asked."""
    if caller.member_id is None:
        raise ApiError(403, "this needs a member's token")
    question = await desk_of(server_of(request)).of_member(caller.member_id)
    return None if question is None else _out(question)


@router.post("/groups/{group_id}/survey")
@needs(Deed.MEMBERS)
async def answer_my_survey(
    request: Request, group_id: GroupId, caller: Participant, answer: SurveyAnswerIn
) -> SurveyOut:
    """Answer, once. The answer is kept apart from who gave it."""
    if caller.member_id is None:
        raise ApiError(403, "this needs a member's token")
    return _out(await desk_of(server_of(request)).answer_of(caller.member_id, answer.reply()))


@router.get("/surveys/{code}")
async def look_at_survey(request: Request, code: Code) -> SurveyOut:
    """Return what a survey's link asks. Needs no token."""
    return _out(await desk_of(server_of(request)).question(code))


@router.post("/surveys/{code}")
async def answer_survey(request: Request, code: Code, answer: SurveyAnswerIn) -> SurveyOut:
    """Answer by the link, once. Needs no token."""
    return _out(await desk_of(server_of(request)).answer_link(code, answer.reply()))


def desk_of(server: Server) -> SurveyDesk:
    """Return the surveys of a server's store."""
    return SurveyDesk(server.yidan.database, server.yidan.clock, server.yidan.settings.public_url)


def _out(question: Question) -> SurveyOut:
    return SurveyOut.model_validate(
        {
            "group": question.group,
            "state": question.state,
            "text": question.said or question.ask,
            "shown_from": question.at_least,
        }
    )
