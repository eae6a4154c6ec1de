"""How numbers and names are written, the same in both languages."""


def pixels(value: float | None) -> str:
    """Write a length in pixels.

    >>> pixels(1.5349), pixels(None)
    ('1.53', '–')
    """
    return "–" if value is None else f"{value:.2f}"


def readable(name: object) -> str:
    """Write a name from data or code for reading.

    >>> readable("left_eye_center")
    'left eye center'
    """
    return str(name).replace("_", " ")


def number(value: object) -> str:
    """Write a number with separators and no needless digits.

    >>> number(2545), number(3.2e-3), number("grey"), number(None)
    ('2,545', '0.0032', 'grey', '–')
    """
    if value is None:
        return "–"
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(value)
    return f"{value:,}" if isinstance(value, int) else f"{value:,.3g}"


def percent(value: float | None) -> str:
    """Write a share.

    >>> percent(0.8768), percent(None)
    ('87.7%', '–')
    """
    return "–" if value is None else f"{value:.1%}"


def whole_percent(value: float) -> str:
    """Write a share without decimals.

    >>> whole_percent(0.8768)
    '88%'
    """
    return f"{value:.0%}"
