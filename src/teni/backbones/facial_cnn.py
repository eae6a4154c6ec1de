"""The ladder of networks for facial keypoints, each a step beyond the one before, and how each is trained.

After the tutorials by D. Nouri (2014, http://danielnouri.org/notes/2014/12/17/) and S. Yuki (2016,
https://elix-tech.github.io/), which climb the same ladder with Lasagne and Keras 1.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import keras

from teni.backbones.initial import build_network
from teni.backbones.preprocessing import Preprocessing
from teni.errors import TeniError

FACIAL_PREPROCESSING = Preprocessing(1, (1 / 255,), (0.0,))
_FILTERS = ((32, 3), (64, 2), (128, 2))  # how many, and rows = columns of each kernel
_DROPOUT = (0.1, 0.2, 0.3, 0.5)  # after each pooling, and after the first hidden layer


@dataclass(frozen=True)
class Recipe:
    """How a network of the ladder is trained: stochastic gradient descent with Nesterov's momentum.

    Args:
        hidden: units of the fully connected layers; one layer alone has no convolutions before it.
        dropout: share of outputs dropped after the three poolings and the first hidden layer; empty for none.
        flips: whether half of the images of a batch are mirrored.
        learning_rates: of the first and the last epoch, linear in between.
        momentum: of the gradient descent.
        epochs: how many times all images are seen at most.
        patience: epochs without a better validation error after which training stops; None for never.

    >>> facial_recipe("facial-cnn-5").dropout
    (0.1, 0.2, 0.3, 0.5)
    """

    hidden: tuple[int, ...]
    dropout: tuple[float, ...] = ()
    flips: bool = False
    learning_rates: tuple[float, float] = (0.01, 0.01)
    momentum: float = 0.9
    epochs: int = 1000
    patience: int | None = None


def facial_recipes() -> dict[str, Recipe]:
    """List the ladder, from the network with one hidden layer to the specialists' network.

    The learning rates, the dropout and the widths are the tutorials'; so are the 5,000 epochs of the sixth,
    and the 300 epochs and the patience of the eighth, which starts from the features of the ones before.

    >>> list(facial_recipes())[0], len(facial_recipes())
    ('facial-cnn-1', 8)
    """
    second = Recipe((500, 500))
    third = replace(second, flips=True)
    fourth = replace(third, learning_rates=(0.03, 0.001))
    fifth = replace(fourth, dropout=_DROPOUT, epochs=3000)
    sixth = replace(fifth, hidden=(1000, 1000), epochs=5000)
    seventh = replace(sixth, patience=100)
    eighth = replace(seventh, learning_rates=(0.01, 0.001), epochs=300)
    ladder = (Recipe((100,), epochs=100), second, third, fourth, fifth, sixth, seventh, eighth)
    return {f"facial-cnn-{step}": recipe for step, recipe in enumerate(ladder, start=1)}


def facial_recipe(name: str) -> Recipe:
    """Look up how a network of the ladder is trained.

    Args:
        name: ``facial-cnn-1`` to ``facial-cnn-8``.

    Raises:
        TeniError: no such network.

    >>> facial_recipe("facial-cnn-1").hidden
    (100,)
    """
    recipes = facial_recipes()
    if name not in recipes:
        raise TeniError(f"no recipe {name!r}; there are {', '.join(recipes)}")
    return recipes[name]


def build_facial_cnn(name: str, size: tuple[int, int], *, seed: int | None) -> keras.Model:
    """Build a network of the ladder without its output layer, for a grey image scaled to [0, 1].

    Three times a convolution without padding, a rectifier, a 2 x 2 maximum and, from the fifth network on,
    dropout: ``conv1, relu1, pool1, dropout1, conv2 …``; then ``flatten, hidden1, hidden2``.

    Args:
        name: ``facial-cnn-1`` to ``facial-cnn-8``.
        size: height and width of the image, in pixels.
        seed: of the initial values; None leaves them zero, for weights that are about to be loaded.

    Raises:
        TeniError: no such network, or an image too small for it.

    >>> build_facial_cnn("facial-cnn-2", (96, 96), seed=0).get_layer("pool3").output.shape
    (None, 11, 11, 128)
    """
    recipe = facial_recipe(name)
    if len(recipe.hidden) > 1 and min(size) < 16:
        raise TeniError(
            f"{name} does not take images of {size[0]} x {size[1]} pixels; it needs 16 x 16 at least"
        )
    return build_network(_builder(name, recipe, size), seed=seed)


def _builder(name: str, recipe: Recipe, size: tuple[int, int]) -> Callable[[], keras.Model]:
    layers = keras.layers

    def build() -> keras.Model:
        x = h = keras.Input((*size, 1), name="image")
        for step, (filters, kernel) in enumerate(_FILTERS if len(recipe.hidden) > 1 else (), start=1):
            h = layers.Conv2D(filters, kernel, name=f"conv{step}")(h)
            h = layers.ReLU(name=f"relu{step}")(h)
            h = layers.MaxPooling2D(2, name=f"pool{step}")(h)
            if recipe.dropout:
                h = layers.Dropout(recipe.dropout[step - 1], name=f"dropout{step}")(h)
        h = layers.Flatten(name="flatten")(h)
        for step, units in enumerate(recipe.hidden, start=1):
            h = layers.Dense(units, activation="relu", name=f"hidden{step}")(h)
            if recipe.dropout and step < len(recipe.hidden):
                h = layers.Dropout(recipe.dropout[-1], name="dropout4")(h)
        return keras.Model(x, h, name=name)

    return build
