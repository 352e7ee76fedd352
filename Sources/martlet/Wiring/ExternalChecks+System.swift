import SQLiteStore
import Settings
import XMPP

extension ExternalChecks {
    /// Checks paths on this machine, and prepares addresses as XMPP servers do (RFC 6122 §2).
    static let system = ExternalChecks(
        registryFlaw: { SQLiteStore.flaw(ofFile: $0) }, keyFileFlaw: { SQLiteStore.flaw(ofKeyFile: $0) },
        prepared: { try? JID($0).description })
}
