"""The command line: arguments and printing, one small file a command."""

from teni.cli.commands import app as app
from teni.cli.commands import main as main
