"""Tables of 观测. Facets may be lost at any time, computed from the ledger or a study's files; studies may not."""

from yunzhang.governance.observatory.store.facets import ObsFacet, ObsSnapshot
from yunzhang.governance.observatory.store.own import ObsOwnView
from yunzhang.governance.observatory.store.proposals import ObsProposal
from yunzhang.governance.observatory.store.studies import ObsStudy

__all__ = ["ObsFacet", "ObsOwnView", "ObsProposal", "ObsSnapshot", "ObsStudy"]
