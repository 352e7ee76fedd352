import Registry
import Settings
import XMPP

extension OutsideChecks {
    /// Looks at this machine's files, and prepares addresses as XMPP servers do (RFC 6122 §2).
    static let system = OutsideChecks(
        registryFlaw: { Registry.flaw(ofFile: $0) }, keyFileFlaw: { Registry.flaw(ofKeyFile: $0) },
        prepared: { try? JID($0).description })
}
