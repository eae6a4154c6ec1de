"""What commands that compute do first: have compiled programs kept."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")


def computing(command: Callable[P, R]) -> Callable[P, R]:
    """Wrap a command so that what it compiles is kept for its next start, where Keras runs on JAX.

    Args:
        command: its arguments are what the command line offers.

    >>> def fit(data: str) -> None: ...
    >>> computing(fit).__name__
    'fit'
    """

    @wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        import keras

        if keras.config.backend() == "jax":
            from teni.cli.output import say
            from teni.engine import keep_compiled

            problem = keep_compiled()
            if problem is not None:
                say(problem)
        return command(*args, **kwargs)

    return run
