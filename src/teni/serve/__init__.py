"""A run as an HTTP service, with a page of its own."""

from teni.serve.app import create_app as create_app
from teni.serve.server import address_of as address_of
from teni.serve.server import listening_socket as listening_socket
from teni.serve.server import serve as serve
from teni.serve.service import Service as Service
from teni.serve.service import open_service as open_service
from teni.serve.settings import Limits as Limits
from teni.serve.settings import Settings as Settings
