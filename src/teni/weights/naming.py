"""Names that Keras makes of classes, in files and for layers that were given none."""

import re


def snake_case(name: str) -> str:
    """Spell a class as Keras names its instances (to_snake_case in keras/src/utils/naming.py).

    >>> snake_case("SeparableConv2D"), snake_case("ReLU")
    ('separable_conv2d', 're_lu')
    """
    name = re.sub(r"\W+", "", name)
    name = re.sub("(.)([A-Z][a-z]+)", r"\1_\2", name)
    return re.sub("([a-z])([A-Z])", r"\1_\2", name).lower()
