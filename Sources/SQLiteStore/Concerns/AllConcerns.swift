/// The concerns of the store. A new one adds its file and its line here; if it needs a table, it appends a migration to
/// `Schema`.
enum AllConcerns {
    static let list: [any Concern.Type] = [
        AccountTables.self,
        UniqueValues.self,
        ContactTable.self,
        Peers.self,
        People.self,
        OutboundLedger.self,
        InboundLedger.self,
        ReferenceRows.self,
        Snapshots.self,
    ]
}
