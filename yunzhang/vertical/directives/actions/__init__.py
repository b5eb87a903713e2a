"""All one may ask of 交办: issuing, owing, handling, and the looks.

Each change is one transaction and leaves entries.
"""

from yunzhang.vertical.directives.actions.asking import ask_extension, decide_ask, object_to_matter
from yunzhang.vertical.directives.actions.handling import (
    accept_matters,
    return_matter,
    strike_off_matters,
    withdraw_matters,
)
from yunzhang.vertical.directives.actions.issuing import issue_directive, preview_order, split_matter
from yunzhang.vertical.directives.actions.looks import (
    find_ask,
    find_branch,
    find_directive,
    find_family,
    find_matter,
    find_roles,
    find_siblings,
    list_names,
    list_open_asks,
    list_programmes,
    list_timeline,
    verify_worker,
)
from yunzhang.vertical.directives.actions.owing import answer_matter, report_progress, sign_matters

__all__ = [
    "accept_matters",
    "answer_matter",
    "ask_extension",
    "decide_ask",
    "find_ask",
    "find_branch",
    "find_directive",
    "find_family",
    "find_matter",
    "find_roles",
    "find_siblings",
    "issue_directive",
    "list_names",
    "list_open_asks",
    "list_programmes",
    "list_timeline",
    "object_to_matter",
    "preview_order",
    "report_progress",
    "return_matter",
    "sign_matters",
    "split_matter",
    "strike_off_matters",
    "verify_worker",
    "withdraw_matters",
]
