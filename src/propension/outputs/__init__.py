"""What a run writes: the scored list, its files for people, the manifest, published whole."""

from propension.outputs.agenda import write_agenda
from propension.outputs.assemble import (
    INPUTS_NAME,
    SCORED_NAME,
    TIMELINE_NAME,
    StageFiles,
    check_policy,
    contract_sql,
    scored_facts_sql,
    write_scored,
)
from propension.outputs.capacity import (
    ALLOCATION_NAME,
    read_allocation,
    settled_facts,
    try_capacities,
    write_allocation,
)
from propension.outputs.columns import (
    SCORED_COLUMNS,
    SCORED_SCHEMA,
    ScoredColumn,
    labels_of_values,
)
from propension.outputs.database import prepare_database, publish_list, write_database
from propension.outputs.dated import dated_folder, dated_folders, list_date
from propension.outputs.decision_log import (
    HEAD,
    DecisionLog,
    Fault,
    Verification,
    account_story,
    verify_decisions,
)
from propension.outputs.feedback import (
    Feedback,
    FeedbackKind,
    FeedbackLog,
    keep_wishes,
    read_wishes,
    wishes_digest,
    wishes_of,
)
from propension.outputs.identity import run_id
from propension.outputs.lists import write_lists
from propension.outputs.lock import Holder, list_lock
from propension.outputs.manifest import StageTimer, list_digests, read_manifest, write_manifest
from propension.outputs.migration import Move, find_moves, previous_list
from propension.outputs.publish import publish, recover, staging_folder
from propension.outputs.review import Review, chosen_again, review_policy
from propension.outputs.summary import ListSummary, Totals, summarise
from propension.outputs.workbook import Besides

__all__ = [
    "ALLOCATION_NAME",
    "HEAD",
    "INPUTS_NAME",
    "SCORED_COLUMNS",
    "SCORED_NAME",
    "SCORED_SCHEMA",
    "TIMELINE_NAME",
    "Besides",
    "DecisionLog",
    "Fault",
    "Feedback",
    "FeedbackKind",
    "FeedbackLog",
    "Holder",
    "ListSummary",
    "Move",
    "Review",
    "ScoredColumn",
    "StageFiles",
    "StageTimer",
    "Totals",
    "Verification",
    "account_story",
    "check_policy",
    "chosen_again",
    "contract_sql",
    "dated_folder",
    "dated_folders",
    "find_moves",
    "keep_wishes",
    "labels_of_values",
    "list_date",
    "list_digests",
    "list_lock",
    "prepare_database",
    "previous_list",
    "publish",
    "publish_list",
    "read_allocation",
    "read_manifest",
    "read_wishes",
    "recover",
    "review_policy",
    "run_id",
    "scored_facts_sql",
    "settled_facts",
    "staging_folder",
    "summarise",
    "try_capacities",
    "verify_decisions",
    "wishes_digest",
    "wishes_of",
    "write_agenda",
    "write_allocation",
    "write_database",
    "write_lists",
    "write_manifest",
    "write_scored",
]
