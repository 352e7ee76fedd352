import SQLiteStore
import Settings
import XMPP

extension OutsideChecks {
    /// Checks with this machine's files and with the preparation of addresses that XMPP servers use (RFC 6122 §2).
    static let system = OutsideChecks(
        registryFlaw: { SQLiteStore.flaw(ofFile: $0) }, keyFileFlaw: { SQLiteStore.flaw(ofKeyFile: $0) },
        prepared: { try? JID($0).description })
}
