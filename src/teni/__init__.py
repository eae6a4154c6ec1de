"""teni: few labelled images and a pretrained network, and the best model that they support.

The public names are listed in ``__init__.pyi``; each is imported when it is first used, so that ``import teni``
and ``teni --help`` stay quick.
"""

import os as _os

import lazy_loader as _lazy

# Keras reads its backend from the environment when it is first imported, and its own default is not JAX.
_os.environ.setdefault("KERAS_BACKEND", "jax")

__getattr__, __dir__, __all__ = _lazy.attach_stub(__name__, __file__)
