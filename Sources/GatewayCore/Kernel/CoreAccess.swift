import XMPP

/// The rules of the configuration about the users and operators of a gateway. They can change while the gateway runs
/// (`Input.accessChanged`).
package struct CoreAccess: Sendable {
    /// Whether the user with this JID may use the gateway.
    package var allows: @Sendable (JID) -> Bool
    /// Whether some users of a domain may use the gateway, even if not all may. By default, all or none may.
    package var allowsSomeOf: (@Sendable (String) -> Bool)?
    /// Whether the user with this JID may administer the gateway.
    package var isAdmin: @Sendable (JID) -> Bool
    /// Whether the user with this JID may administer the whole program.
    package var isProgramAdmin: @Sendable (JID) -> Bool
    /// The addresses of the operator, as URIs (XEP-0157).
    package var operatorAddresses: [String]

    package init(
        allows: @escaping @Sendable (JID) -> Bool, isAdmin: @escaping @Sendable (JID) -> Bool,
        isProgramAdmin: @escaping @Sendable (JID) -> Bool, operatorAddresses: [String],
        allowsSomeOf: (@Sendable (String) -> Bool)? = nil
    ) {
        self.allows = allows
        self.allowsSomeOf = allowsSomeOf
        self.isAdmin = isAdmin
        self.isProgramAdmin = isProgramAdmin
        self.operatorAddresses = operatorAddresses
    }
}
