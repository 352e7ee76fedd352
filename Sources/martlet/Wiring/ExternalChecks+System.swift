import Foundation
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
        checks.groupFlaw = { getgrnam($0) == nil ? "there is no group '\($0)' on this machine" : nil }
        return checks
    }

    /// The same checks, and those of what a start would meet: the registry's version and space, the key file's mode, and
    /// the ports. The ports are not checked while a Martlet runs with this registry, because it has them.
    static var beforeStart: ExternalChecks {
        var checks = system
        checks.registryFlaw = { SQLiteStore.flaw(ofStartWith: $0) }
        checks.keyFileFlaw = { SQLiteStore.flaw(ofStartWithKeyFile: $0) }
        checks.listenFlaw = { address, registry in
            SQLiteStore.isInUse(registry) ? nil : ListenProbe.flaw(address)
        }
        return checks
    }
}
