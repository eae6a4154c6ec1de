"""A dense head on stored features, trained epoch by epoch as compiled programs with all data on the device."""

from teni.engine.heads.form import Form as Form
from teni.engine.heads.form import choose_form as choose_form
from teni.engine.heads.head import JaxHead as JaxHead
from teni.engine.heads.shared import Shared as Shared
from teni.engine.heads.shared import share as share
