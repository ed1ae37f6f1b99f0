"""The whole check of one export."""

from pathlib import Path

from .container import Bundle
from .contents import Contents
from .ledger import Walk
from .live import Live
from .report import Report
from .store import Store


def check(path: Path, *, checkpoint: str | None = None, key: str | None = None) -> Report:
    """Check an export. `checkpoint` and `key` are what you know from elsewhere: they say that this is the ledger you think it is.

    Raises container.Unusable for a file that is no export.
    """
    report = Report()
    with Store() as store, Bundle(path, report) as bundle:
        walk = Walk(bundle, store, report)
        walk.run(checkpoint)
        Contents(bundle, store, walk, report).run()
        Live(bundle, store, walk, report).run()
        bundle.signed([known for _seq, known in walk.keys])
        if key is not None and key not in [known for _seq, known in walk.keys]:
            report.find("key.unknown", "The checkpoint key that you know is not one that this ledger published.", "ledger/entries.jsonl")
        if bundle.part:
            report.remark(f"This is a part: {len(bundle.about['only'])} records are given, the values of all others are withheld.")
    return report
