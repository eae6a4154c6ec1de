"""All that the page says, in English and Japanese: one file a section, and what they share."""

from teni.report.words.spoken import Spoken as Spoken
from teni.report.words.spoken import spoken_of as spoken_of
from teni.report.words.text import NOTHING as NOTHING
from teni.report.words.text import Text as Text
from teni.report.words.text import joined as joined
from teni.report.words.text import same as same
