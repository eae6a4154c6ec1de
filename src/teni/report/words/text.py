"""A text in the two languages of the page; both stand in it, and the reader chooses which is shown."""

from collections.abc import Iterable
from dataclasses import dataclass

from markupsafe import Markup, escape


@dataclass(frozen=True)
class Text:
    """What the page says, in English and in Japanese.

    Args:
        en: English.
        ja: Japanese.

    >>> Text("nose", "鼻").__html__()
    Markup('<span lang="en">nose</span><span lang="ja">鼻</span>')
    """

    en: str
    ja: str

    def __html__(self) -> Markup:
        """Write both, the style sheet shows one; a text that is the same in both stands once."""
        if self.en == self.ja:
            return escape(self.en)
        return Markup('<span lang="en">{}</span><span lang="ja">{}</span>').format(self.en, self.ja)

    def __add__(self, other: "Text") -> "Text":
        """Put one behind the other; English wants a space between sentences, Japanese none.

        >>> Text("One.", "一。") + Text("Two.", "二。")
        Text(en='One. Two.', ja='一。二。')
        """
        return Text(f"{self.en} {other.en}".strip(), self.ja + other.ja)

    def __bool__(self) -> bool:
        """Tell whether anything is said."""
        return bool(self.en)


NOTHING = Text("", "")


def same(text: object) -> Text:
    """Take a name or a number, which no language changes."""
    return Text(str(text), str(text))


def joined(texts: Iterable[Text]) -> Text:
    """List things: with commas, or as Japanese does it.

    >>> joined([same("a"), same("b")])
    Text(en='a, b', ja='a、b')
    """
    listed = list(texts)
    return Text(", ".join(each.en for each in listed), "、".join(each.ja for each in listed))
