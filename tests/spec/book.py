"""All chapters of the specification, in reading order."""

from tests.spec.knowledge import knowledge
from tests.spec.lives import lives
from tests.spec.missing import missing
from tests.spec.neighbours import neighbours
from tests.spec.nothing import nothing
from tests.spec.persons import persons
from tests.spec.references import references
from tests.spec.verbs import verbs
from tests.spec.windows import windows

CHAPTERS = (windows, knowledge, persons, lives, verbs, missing, references, neighbours, nothing)
