"""Where uploads are gathered until they are checked: on local disk, or in an S3 store. One protocol for both.

A browser asks for the address of a part and PUTs the part there; which store answers, it need not know.
Nothing in quarantine is ever served.
"""

from django.core.files.storage import default_storage

from submissions.quarantine.base import Address, Quarantine, Read
from submissions.quarantine.local import LocalQuarantine
from submissions.quarantine.s3 import S3Quarantine

__all__ = ["Address", "Quarantine", "Read", "quarantine"]


def quarantine() -> Quarantine:
    """The quarantine beside the storage in which evidence is kept."""
    if hasattr(default_storage, "bucket"):
        return S3Quarantine(default_storage)
    return LocalQuarantine()
