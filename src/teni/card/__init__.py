"""The model card: what a run's model is for, how good it is and where that ends, for people and for hubs."""

from teni.card.content import Card as Card
from teni.card.content import Section as Section
from teni.card.content import Table as Table
from teni.card.content import card_of as card_of
from teni.card.errors import TRAINED as TRAINED
from teni.card.errors import is_solved as is_solved
from teni.card.html import card_html as card_html
from teni.card.markdown import card_markdown as card_markdown
from teni.card.private import names_without_paths as names_without_paths
from teni.card.private import network_name as network_name
from teni.card.private import without_paths as without_paths
