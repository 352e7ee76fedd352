import Basics

/// Checks of values that need more than the file: the file system, or the preparation of XMPP addresses.
package struct ExternalChecks: Sendable {
    /// Why the registry cannot be at a path; nil if it can.
    package var registryFlaw: @Sendable (String) -> String?
    /// Why the key file cannot be at a path; nil if it can.
    package var keyFileFlaw: @Sendable (String) -> String?
    /// Why a file of certificates cannot be used; nil if it can.
    package var caFileFlaw: @Sendable (String) -> String? = { _ in nil }
    /// Why a certificate and its key, each at a path, cannot be used; nil if they can.
    package var identityFlaw: @Sendable (_ certificate: String, _ key: String) -> String? = { _, _ in nil }
    /// Why nothing can listen on an address; nil if something can, or if the check is of no use now. The path is the
    /// registry's.
    package var listenFlaw: @Sendable (Endpoint, _ registry: String) -> String? = { _, _ in nil }
    /// Why a group of the system cannot be used; nil if it can.
    package var groupFlaw: @Sendable (String) -> String? = { _ in nil }
    /// A domain or bare JID in the form in which servers write it in stanzas; nil if it is not an address.
    package var prepared: @Sendable (String) -> String?

    package init(
        registryFlaw: @escaping @Sendable (String) -> String?, keyFileFlaw: @escaping @Sendable (String) -> String?,
        prepared: @escaping @Sendable (String) -> String?
    ) {
        self.registryFlaw = registryFlaw
        self.keyFileFlaw = keyFileFlaw
        self.prepared = prepared
    }

    /// Checks that accept everything.
    package static let none = ExternalChecks(
        registryFlaw: { _ in nil }, keyFileFlaw: { _ in nil }, prepared: { $0 })

    /// Why an address of the right form can never equal an address that a server sends; nil if it can.
    func flaw(preparing address: String) -> String? {
        guard let prepared = prepared(address) else { return "is not an address that a server would send" }
        // Compared as bytes: Swift takes texts that look alike for equal, a server does not.
        guard !prepared.utf8.elementsEqual(address.utf8) else { return nil }
        return "can never match: servers write it as '\(prepared)'"
    }
}
