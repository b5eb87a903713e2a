"""The ground every room stands on: the ledger 台账, the organisation 机构, the matters 事项."""
