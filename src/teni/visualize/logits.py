"""Class scores before the softmax: what attribution is about.

A probability rises also where the other classes' scores fall; Simonyan, Vedaldi & Zisserman (2014) therefore take
the scores themselves, https://arxiv.org/abs/1312.6034.
"""

from dataclasses import replace

import keras

from teni.visualize.flow import Flow
from teni.visualize.kernels import WITH_KERNEL


def before_softmax(flow: Flow) -> Flow:
    """End a network before its last softmax or sigmoid.

    Args:
        flow: a network laid open.

    Returns:
        The same without that activation; the network itself where it ends otherwise.

    >>> from teni.visualize.flow import lay_open
    >>> x = keras.Input((2,))
    >>> last = keras.layers.Dense(2, activation="softmax", kernel_initializer="ones")
    >>> flow = before_softmax(lay_open(keras.Model(x, last(x))))
    >>> keras.ops.convert_to_numpy(flow.values(flow.weights(), keras.ops.ones((1, 2)))[flow.output]).tolist()
    [[2.0, 2.0]]
    """
    last = next((step for step in flow.steps if flow.output in step.outputs), None)
    if last is None:
        return flow
    kind = type(last.operation)
    squashes = (keras.activations.softmax, keras.activations.sigmoid)
    is_squashing = getattr(last.operation, "activation", None) in squashes
    if kind is keras.layers.Softmax or (kind is keras.layers.Activation and is_squashing):
        return replace(flow, output=last.inputs[0])
    if kind in WITH_KERNEL and is_squashing:
        bare = replace(last, is_bare=True)
        return replace(flow, steps=tuple(bare if step is last else step for step in flow.steps))
    return flow
