"""How much of anything is read before it is refused: each limit once, with its reason.

What is refused here would otherwise take minutes or all of the memory. One account's file is read by the programs of
all accounts and by every fleet, so its mistake must not be theirs.
"""

from typing import Final

MEBIBYTE: Final = 1024 * 1024

FILE_BYTES: Final = MEBIBYTE
"""Of a file that people write. CloudFormation takes no larger template (source: CloudFormation User Guide, "Quotas"),
and the settings of 1,000 launches are a fifth of it."""

VALUES: Final = 50_000
"""Values in a document. The reader keeps some 600 bytes for each, so these take 30 MiB."""

LEVELS: Final = 100
"""Maps and lists within each other. What people write has a dozen; Python gives up at some hundred."""

CHARACTERS: Final = 4 * MEBIBYTE
"""Of all values once every alias is written out: four times what a file without aliases could hold."""

NUMBER_CHARACTERS: Final = 400
"""Of a number. No value that anything here takes has more than 25; what YAML counts in sixties takes quadratic time."""

PATTERN_STEPS: Final = 20_000
"""Of a regular expression, written out: some 280 bytes for each. The longest in the resource schemas of
CloudFormation's registry has less than 1,000."""

PATTERN_SECONDS: Final = 0.2
"""Of the processor, for holding a parameter's values against its pattern. A good one takes microseconds."""

PACKAGE_BYTES: Final = 250 * MEBIBYTE
"""Of a file or folder that goes with a template. Lambda unpacks no more (source: Lambda Developer Guide, "Quotas")."""

ANSWER_SECONDS: Final = 1.5
"""Until an endpoint that has not answered anything counts as silent; a person hears of it within three. A packet that
is lost once is sent again after one."""

RECORD_BYTES: Final = 4 * MEBIBYTE
"""Of a record, a lease, a lock or an event: 10,000 launches with all that is kept of each."""

STATE_BYTES: Final = 256 * MEBIBYTE
"""Of a stack's state. Pulumi itself has no limit; a spoke of 1,000 launches has 5 MiB."""
