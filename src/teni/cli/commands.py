"""The command ``teni``: its sub-commands, and the exit status of every way to end."""

import signal
import sys

import typer

from teni.cli.ablate import ablate
from teni.cli.advise import advise
from teni.cli.compare import compare
from teni.cli.computing import computing
from teni.cli.demo import demo
from teni.cli.evaluate import evaluate
from teni.cli.export import export
from teni.cli.features import features
from teni.cli.fit import fit
from teni.cli.output import INTERRUPTED, say, say_error
from teni.cli.predict import predict
from teni.cli.report import report
from teni.cli.serve import serve
from teni.cli.visualize import visualize
from teni.cli.weights import app as weights
from teni.errors import TeniError

# Help by rich would take half of the 0.3 seconds that `teni --help` may take; so would its tracebacks.
app = typer.Typer(
    name="teni",
    help="Few labelled images and a pretrained network: the best model they support, measured honestly.",
    epilog="Exit status: 0 done, 1 a failure that is explained, 2 wrong arguments.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("demo", short_help="The whole road on faces that teni draws itself.")(computing(demo))
app.command("fit", short_help="Learn from labelled images; write a run folder.")(computing(fit))
app.command("features", short_help="Extract features once, into a store.")(computing(features))
app.command("compare", short_help="Compare ways to transfer on one split; keep the winner.")(
    computing(compare)
)
app.command("advise", short_help="Few or many, like or unlike: measured, with what to try.")(
    computing(advise)
)

app.command("ablate", short_help="Leave layers out or change their width, train again, compare.")(
    computing(ablate)
)
app.command("predict", short_help="Tell where the keypoints of images are.")(computing(predict))
app.command("evaluate", short_help="Measure a run on other data.")(computing(evaluate))
app.command("report", short_help="Build the page of a run again.")(report)
app.command("serve", short_help="Answer predictions over HTTP, with a page to try them on.")(computing(serve))
app.command("export", short_help="Write the model of a run for other runtimes.")(export)
app.command("visualize", short_help="Show what a network sees.")(computing(visualize))
app.add_typer(weights, name="weights")


def main() -> None:
    """Run the command line; exit with 0, 1 for a failure that is explained, 2 for wrong arguments.

    Whoever ends it with SIGTERM, as schedulers do, gets what Ctrl-C gives: what was found so far, and no half files.

    Raises:
        SystemExit: always.
    """
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        app(prog_name="teni")
    except TeniError as error:
        say_error(error)
        sys.exit(1)
    except SystemExit as end:
        if end.code == INTERRUPTED:
            say("Interrupted; nothing half-written is left under the name that was asked for.")
        raise
