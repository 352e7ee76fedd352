/// The concerns of the store. To add a concern, add its file and a line here. If it needs a table, append a migration
/// to `Schema`.
enum AllConcerns {
    static let list: [any Concern.Type] = [
        AccountTables.self,
        UniqueValues.self,
        ContactTable.self,
        Peers.self,
        BlockTable.self,
        KeptValueTable.self,
        UserRecords.self,
        PersonalDataRows.self,
        RestrictionTable.self,
        OperatorRecord.self,
        OutboundLedger.self,
        InboundLedger.self,
        OptOutTable.self,
        Spending.self,
        ReferenceRows.self,
        Snapshots.self,
    ]
}
