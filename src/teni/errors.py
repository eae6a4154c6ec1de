"""The one error that teni raises on purpose."""


class TeniError(Exception):
    """A failure that is explained: what happened, where, what was expected, what to do.

    The command line prints its text as one sentence and exits with 1; anything else that is raised is a bug.

    >>> raise TeniError("faces.csv: no such file; give the path of a Kaggle-style CSV or zip")
    Traceback (most recent call last):
    ...
    teni.errors.TeniError: faces.csv: no such file; give the path of a Kaggle-style CSV or zip
    """
