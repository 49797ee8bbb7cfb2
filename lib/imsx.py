"""How 1EdTech APIs say what went wrong: Imsx_StatusInfo (Open Badges 3.0, appendix B)."""

from typing import Any

PREFIX = "/ims/"  # of the addresses that answer in this form
# Imsx_CodeMinorFieldValue by HTTP status.
MINOR = {
    400: "invalid_data",
    401: "unauthorizedrequest",
    403: "forbidden",
    404: "not_found",
    405: "not_allowed",
    406: "not_acceptable",
    413: "invalid_data",
    415: "invalid_data",
    429: "server_busy",
    500: "internal_server_error",
}
MINORS = [
    "forbidden",
    "fullsuccess",
    "internal_server_error",
    "invalid_data",
    "invalid_query_parameter",
    "misdirected_request",
    "not_acceptable",
    "not_allowed",
    "not_found",
    "not_modified",
    "server_busy",
    "unauthorizedrequest",
    "unknown",
]


def status_info(status: int, description: str, *, minor: str = "") -> dict[str, Any]:
    """The body of a refusal with this HTTP status. `minor` is one of MINORS, if the status does not say it."""
    field = {
        "imsx_codeMinorFieldName": "TargetEndSystem",
        "imsx_codeMinorFieldValue": minor or MINOR.get(status, "unknown"),
    }
    return {
        "imsx_codeMajor": "failure",
        "imsx_severity": "error",
        "imsx_description": description,
        "imsx_codeMinor": {"imsx_codeMinorField": [field]},
    }
