import GatewayKit
import Registry
import XMPP

/// The users and domains that operators have excluded from the gateway.
struct Restrictions {
    private var bySubject: [String: Restriction] = [:]

    var isEmpty: Bool { bySubject.isEmpty }
    var count: Int { bySubject.count }
    var all: [Restriction] { bySubject.values.sorted { $0.subject < $1.subject } }

    subscript(subject: String) -> Restriction? {
        get { bySubject[subject] }
        set { bySubject[subject] = newValue }
    }

    /// The restriction of a user or of the user's domain; nil if there is none.
    func restriction(of user: JID) -> Restriction? { bySubject[user.bare.description] ?? bySubject[user.domain] }
}

extension Kernel {
    /// Whether a user may use the gateway: the configuration allows it, and no operator has excluded the user.
    func mayUse(_ user: JID) -> Bool { settings.allows(user) && isUnrestricted(user) }

    /// Whether the sender of a stanza may use the gateway. Every stanza asks this, so the answer of the configuration
    /// is not computed again for a loaded user (`User.isAllowed`).
    ///
    /// - Parameter loaded: the user who has sent the stanza; nil if the user is not loaded.
    func mayUse(_ sender: JID, _ loaded: User?) -> Bool {
        (loaded?.isAllowed ?? settings.allows(sender)) && isUnrestricted(sender)
    }

    private func isUnrestricted(_ user: JID) -> Bool {
        // Almost no gateway has restrictions.
        restrictions.isEmpty || restriction(of: user) == nil
    }

    /// The restriction that excludes a user; nil if there is none. No restriction concerns an operator: otherwise an
    /// operator who bans an operator's domain would lock that operator out.
    func restriction(of user: JID) -> Restriction? {
        guard let restriction = restrictions.restriction(of: user), !settings.isAdmin(user) else { return nil }
        return restriction
    }

    /// The refusal for a user who may not use the gateway.
    func refusal(of user: JID) -> StanzaError {
        guard settings.allows(user), let restriction = restriction(of: user) else {
            return .notAllowedHere
        }
        var words =
            switch restriction.kind {
            case .suspended: "An operator of this gateway has suspended you."
            case .banned: "An operator of this gateway has banned you."
            }
        if let reason = restriction.reason { words += " Reason: \(reason)" }
        return StanzaError(.forbidden, words)
    }
}
