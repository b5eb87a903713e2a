"""Tables of 观测. Facets may be lost at any time: they are computed from the ledger or a study's files."""

from yunzhang.governance.observatory.store.facets import ObsFacet, ObsSnapshot

__all__ = ["ObsFacet", "ObsSnapshot"]
