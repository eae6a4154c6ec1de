"""The routes of the service."""

import math
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from fastapi import FastAPI, Request
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import Response

from teni.serve.answers import answers, error_response, json_response
from teni.serve.body import Held, read_body
from teni.serve.card import model_card
from teni.serve.guard import Guard, State
from teni.serve.metrics import CONTENT_TYPE
from teni.serve.page_files import page_files
from teni.serve.picture import decode
from teni.serve.propose import MISSING, Proposer, find_proposer
from teni.serve.refused import Refused
from teni.serve.schema import BoxesAnswer, ClassesAnswer, Health, KeypointsAnswer, problems, takes
from teni.serve.service import Service
from teni.serve.settings import CONFIDENCE, Limits, Settings
from teni.serve.upload import Upload, read_upload

READ_AT_ONCE = 100_000  # bytes; others would notice how long a larger form takes, so a thread reads it
_CONFIDENCE = {
    "name": "confidence",
    "in": "query",
    "description": "Of the radii: within them the true points lie with this probability.",
    "schema": {
        "type": "number",
        "exclusiveMinimum": 0,
        "exclusiveMaximum": 1,
        "default": CONFIDENCE,
    },
}


def create_app(service: Service, settings: Settings | None = None, state: State | None = None) -> FastAPI:
    """Build the routes around a service; it is started and closed with the application.

    Args:
        service: from `teni.serve.open_service`.
        settings: who may ask, and the limits.
        state: what a server tells the application while both run.

    Returns:
        An ASGI application.
    """
    settings = settings or Settings()
    state = state or State()
    limits = settings.limits
    held = Held(limits.held_mb * 1_000_000)
    service.metrics.held.set_function(lambda: held.now)
    proposer = find_proposer()
    card = model_card(service, limits, proposer is not None)
    page = page_files()

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncGenerator[None]:
        await run_in_threadpool(service.start)
        yield
        await run_in_threadpool(service.close)

    app = FastAPI(
        title="teni",
        description="Predictions of one model; GET /card says of what.",  # the schema needs no token, names do
        version="1",
        docs_url=None,  # those pages would ask another site for their scripts; / is the page of this service
        redoc_url=None,
        lifespan=lifespan,
    )
    app.add_middleware(Guard, settings=settings, metrics=service.metrics, state=state)
    app.add_exception_handler(HTTPException, _http_error)

    async def upload(request: Request) -> tuple[Upload, int]:
        body = await read_body(request, limits, held)
        kind = request.headers.get("content-type", "")
        try:
            if len(body) <= READ_AT_ONCE:
                return read_upload(body, kind, limits), len(body)
            return await service.decoding(read_upload, body, kind, limits), len(body)
        except BaseException:
            held.give_back(len(body))
            raise

    @app.get("/health", responses={503: {"model": Health}})
    async def health() -> Health:  # pyright: ignore[reportUnusedFunction]
        """Tell whether predictions are made."""
        if service.is_ready and not state.stopping:
            return Health(status="ok")
        raise HTTPException(503, "stopping" if state.stopping else "starting")

    @app.get("/card")
    async def show_card() -> Response:  # pyright: ignore[reportUnusedFunction]
        """Say what the model predicts, how well, and what the service takes."""
        return json_response(card)

    kind = KeypointsAnswer if service.residuals is not None else ClassesAnswer
    ok = {200: {"model": list[kind], "description": "An answer for each picture, in order."}}
    extra = takes(limits) | {"parameters": [_CONFIDENCE]}

    @app.post("/predict", responses={**ok, **problems(limits)}, openapi_extra=extra)
    async def predict(request: Request) -> Response:  # pyright: ignore[reportUnusedFunction]
        """Predict for one picture or many."""
        confidence = _confidence(request)
        given, size = await upload(request)
        try:
            prepared, found = await service.predict(given, limits)
        finally:
            held.give_back(size)
        return json_response(answers(service, prepared, found, confidence))

    found_boxes = {200: {"model": list[BoxesAnswer], "description": "The faces of each picture, in order."}}
    without_boxes = takes(limits, boxes=False)

    @app.post("/propose", responses={**found_boxes, **problems(limits)}, openapi_extra=without_boxes)
    async def propose(request: Request) -> Response:  # pyright: ignore[reportUnusedFunction]
        """Propose boxes around the faces in pictures; needs OpenCV where the service runs."""
        if proposer is None:
            raise Refused(404, MISSING)
        given, size = await upload(request)
        try:
            boxes = [
                await service.decoding(_proposed, proposer, content, i + 1, limits)
                for i, content in enumerate(given.pictures)
            ]
        finally:
            held.give_back(size)
        return json_response([{"boxes": each} for each in boxes])

    @app.get("/metrics")
    async def metrics() -> Response:  # pyright: ignore[reportUnusedFunction]
        """Show what is counted, for Prometheus."""
        return Response(service.metrics.text(), media_type=CONTENT_TYPE)

    @app.get("/", include_in_schema=False)
    async def index() -> Response:  # pyright: ignore[reportUnusedFunction]
        return Response(page["index.html"].content, media_type=page["index.html"].kind)

    @app.get("/page/{name}", include_in_schema=False)
    async def page_file(name: str) -> Response:  # pyright: ignore[reportUnusedFunction]
        if name not in page:
            raise HTTPException(404)
        return Response(page[name].content, media_type=page[name].kind, headers={"Cache-Control": "no-cache"})

    return app


def _proposed(proposer: Proposer, content: bytes, number: int, limits: Limits) -> list[list[float]]:
    return proposer.boxes(decode(content, number, 1, limits))


def _confidence(request: Request) -> float:
    """Read the confidence that is asked for."""
    said = request.query_params.get("confidence")
    if said is None:
        return CONFIDENCE
    try:
        confidence = float(said)
    except ValueError:
        confidence = math.nan
    if not 0 < confidence < 1:
        raise Refused(400, "confidence: expected a number between 0 and 1, such as 0.95")
    return confidence


_SENTENCES = {
    404: "there is nothing here; / is the page and /openapi.json says what else there is",
}


async def _http_error(_: Request, error: Exception) -> Response:
    """Answer what Starlette refuses as everything else is refused."""
    if not isinstance(error, HTTPException):
        raise error
    if error.status_code == 503:
        return json_response({"status": error.detail}, 503, {"Retry-After": "1"})
    headers = error.headers or {}
    sentence = _SENTENCES.get(error.status_code, error.detail)
    if error.status_code == 405:
        sentence = (
            f"this is asked with {headers.get('Allow', 'another method')}; /openapi.json says what to send"
        )
    return error_response(Refused(error.status_code, sentence, headers))
