/// Checks of values that need more than the file: the file system, or the preparation of XMPP addresses.
package struct OutsideChecks: Sendable {
    /// Why a path cannot be the registry's; nil if it can.
    package var registryFlaw: @Sendable (String) -> String?
    /// Why a path cannot be the key file's; nil if it can.
    package var keyFileFlaw: @Sendable (String) -> String?
    /// A domain or bare JID as servers write it in stanzas; nil if it is no address.
    package var prepared: @Sendable (String) -> String?

    package init(
        registryFlaw: @escaping @Sendable (String) -> String?, keyFileFlaw: @escaping @Sendable (String) -> String?,
        prepared: @escaping @Sendable (String) -> String?
    ) {
        self.registryFlaw = registryFlaw
        self.keyFileFlaw = keyFileFlaw
        self.prepared = prepared
    }

    /// Finds nothing.
    package static let none = OutsideChecks(
        registryFlaw: { _ in nil }, keyFileFlaw: { _ in nil }, prepared: { $0 })

    /// Why an address of the right shape matches none that a server sends; nil if it may.
    func flaw(preparing address: String) -> String? {
        guard let prepared = prepared(address) else { return "is not an address that a server would send" }
        // As bytes: texts that look alike are equal to Swift, and not to a server.
        guard !prepared.utf8.elementsEqual(address.utf8) else { return nil }
        return "can never match: servers write it as '\(prepared)'"
    }
}
