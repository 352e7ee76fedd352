/// The concerns of the store. A new one adds its file and its line here; if it needs a table, it appends a migration to
/// `Schema`.
enum AllConcerns {
    static let list: [any Concern.Type] = [
        Accounts.self,
        UniqueValues.self,
        Contacts.self,
        Peers.self,
        People.self,
        OutboundLedger.self,
        InboundLedger.self,
        References.self,
        Snapshots.self,
    ]
}
