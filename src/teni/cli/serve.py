"""``teni serve``: a run as an HTTP service with a page."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from teni.errors import TeniError

SHORTEST_TOKEN = 16


def serve(
    run: Annotated[Path, typer.Argument(metavar="RUN", help="A run folder, as teni fit writes it.")],
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="The port; 0 takes a free one.", min=0, max=65535)] = 8000,
    token: Annotated[
        str | None,
        typer.Option(help="What Authorization: Bearer must say; others may see it in the process list."),
    ] = None,
    token_file: Annotated[Path | None, typer.Option(help="A file with the token.")] = None,
    name: Annotated[
        list[str] | None,
        typer.Option(help="A further host name under which the service may be called (repeatable)."),
    ] = None,
    max_request_mb: Annotated[int, typer.Option(help="The most of one request, in MB.", min=1, max=512)] = 16,
    max_megapixels: Annotated[
        int, typer.Option(help="The most pixels of a picture, in millions.", min=1, max=178)
    ] = 24,
    max_images: Annotated[int, typer.Option(help="The most pictures of one request.", min=1, max=1024)] = 32,
    max_in_flight: Annotated[int, typer.Option(help="The most requests at a time.", min=1, max=10_000)] = 128,
    seed: Annotated[
        int, typer.Option(help="Taken by every command; nothing is random in this one.", min=0)
    ] = 0,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object once the service is ready.")
    ] = False,
) -> None:
    """Answer predictions over HTTP, with a page to try them on, until Ctrl-C.

    The page is at /, the schema at /openapi.json. Without --host only this machine can reach it.
    """
    del seed
    import time

    begin = time.perf_counter()
    secret = read_token(token, token_file)
    from importlib.util import find_spec

    from teni.cli.output import result_json, say

    if any(
        find_spec(part) is None for part in ("fastapi", "uvicorn", "python_multipart", "prometheus_client")
    ):
        raise TeniError("teni serve needs parts that are not installed; pip install 'teni[serve]'")
    from teni.run import read_run
    from teni.serve import Limits, Settings, address_of, listening_socket, open_service
    from teni.serve import serve as serve_run
    from teni.task import words

    limits = Limits(
        request_mb=max_request_mb,
        megapixels=max_megapixels,
        images=max_images,
        in_flight=max_in_flight,
        held_mb=max(256, max_request_mb),
    )
    settings = Settings(host, port, secret, tuple(name or ()), limits)
    opened = read_run(run)
    with listening_socket(settings) as listening:
        if not settings.is_loopback and secret is None:
            say(
                f"Warning: everybody who can reach {host} can use this service; --token-file asks for a token."
            )
        say("Loading and compiling the model …")
        service = open_service(opened)

        def ready() -> None:
            seconds = time.perf_counter() - begin
            where = address_of(listening)
            what = f"{len(opened.task.names)} {words(opened.task).things}"
            say(f"Ready after {seconds:.1f} s: {where} predicts {what}; Ctrl-C ends it.")
            if as_json:
                result_json({"run": run, "url": where, "seconds_to_ready": round(seconds, 2)})

        serve_run(service, settings, listening, ready)
    say("Ended; every request that was accepted has been answered.")


def read_token(token: str | None, file: Path | None) -> str | None:
    """Take the token from the command line or from a file.

    Args:
        token: as it was typed.
        file: whose first line it is.

    Raises:
        TeniError: both, an unreadable file, or a token that is easily guessed or no header could carry.

    >>> read_token("0123456789abcdef", None)
    '0123456789abcdef'
    """
    if token is not None and file is not None:
        raise TeniError("--token and --token-file: give one of them")
    if file is not None:
        try:
            lines = file.read_text(encoding="utf-8").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            reason = error.strerror if isinstance(error, OSError) else "not text"
            raise TeniError(
                f"{file}: cannot be read ({reason}); expected a file with a token in it"
            ) from error
        token = lines[0].strip() if lines else ""
    if token is None:
        return None
    if len(token) < SHORTEST_TOKEN or not (token.isascii() and token.isprintable()) or " " in token:
        raise TeniError(
            f"the token has {len(token)} characters; expected at least {SHORTEST_TOKEN} of ASCII without spaces, "
            "such as `openssl rand -hex 16` gives"
        )
    return token
