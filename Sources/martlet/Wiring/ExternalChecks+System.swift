import Networking
import SQLiteStore
import Settings
import XMPP

extension ExternalChecks {
    /// Checks paths on this machine, and prepares addresses as XMPP servers do (RFC 6122 §2).
    static var system: ExternalChecks {
        var checks = ExternalChecks(
            registryFlaw: { SQLiteStore.flaw(ofFile: $0) }, keyFileFlaw: { SQLiteStore.flaw(ofKeyFile: $0) },
            prepared: { try? JID($0).description })
        checks.caFileFlaw = { TLSSettings.TrustRoots.file($0).flaw }
        checks.identityFlaw = { TLSIdentityFiles(certificate: $0, key: $1).flaw }
        return checks
    }
}
