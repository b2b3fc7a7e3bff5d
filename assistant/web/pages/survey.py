"""The survey as a page of one form, for those who come by the link; it needs no script."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse

from assistant.delivery.surveys import Question
from assistant.errors import Conflict, NotFound
from assistant.surveys.answers import LONGEST_TEXT, SurveyReply
from assistant.web.api.surveys import Code, desk_of
from assistant.web.pages import templates
from assistant.web.state import server_of

router = APIRouter(include_in_schema=False)


@router.get("/survey/{code}")
async def survey_page(request: Request, code: Code) -> HTMLResponse:
    """Show the question of a link."""
    try:
        return _shown(await desk_of(server_of(request)).question(code))
    except NotFound:
        return _shown(None)


@router.post("/survey/{code}")
async def survey_sent(
    request: Request,
    code: Code,
    stars: Annotated[int, Form(ge=1, le=5)],
    text: Annotated[str, Form(max_length=LONGEST_TEXT)] = "",
) -> HTMLResponse:
    """Take the form's answer and say thanks; sent twice it counts once."""
    desk = desk_of(server_of(request))
    try:
        return _shown(await desk.answer_link(code, SurveyReply(stars, text)))
    except Conflict:
        return _shown(await desk.question(code))
    except NotFound:
        return _shown(None)


def _shown(question: Question | None) -> HTMLResponse:
    page = templates().get_template("survey.html.j2")
    html = page.render(question=question, longest=LONGEST_TEXT)
    return HTMLResponse(html, status_code=200 if question else 404)
