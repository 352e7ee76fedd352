/// What an adapter is, in data.
package struct AdapterDescription: Sendable, Equatable, Codable {
    /// A service discovery identity: category and type.
    package struct Identity: Sendable, Equatable, Codable {
        package let category: String
        package let type: String

        package init(_ category: String, _ type: String) {
            self.category = category
            self.type = type
        }
    }

    package enum Registration: String, Sendable, Codable { case required, optional }

    package enum Sessions: String, Sendable, Codable { case onDemand, always }

    /// Adapter kind as written in the configuration: lower-case ASCII.
    package var id: String
    /// For people, as written in sentences.
    package var name: String
    package var gatewayIdentity: Identity
    package var peerIdentity: Identity
    /// Nil if the network has no rooms.
    package var roomIdentity: Identity?
    package var registration: Registration
    /// Of all addresses for which `NetworkRules.delivery(of:)` says nothing else.
    package var delivery: Delivery
    package var sessions: Sessions
    package var loginForm: [FormField]
    /// Words above the login form.
    package var loginInstructions: String
    /// The contact prompt: a sentence, and the label of the field.
    package var promptDescription: String
    package var promptLabel: String

    package init(
        id: String, name: String, gatewayIdentity: Identity, peerIdentity: Identity, roomIdentity: Identity?,
        registration: Registration, delivery: Delivery, sessions: Sessions, loginForm: [FormField],
        loginInstructions: String, promptDescription: String, promptLabel: String
    ) {
        self.id = id
        self.name = name
        self.gatewayIdentity = gatewayIdentity
        self.peerIdentity = peerIdentity
        self.roomIdentity = roomIdentity
        self.registration = registration
        self.delivery = delivery
        self.sessions = sessions
        self.loginForm = loginForm
        self.loginInstructions = loginInstructions
        self.promptDescription = promptDescription
        self.promptLabel = promptLabel
    }
}

extension AdapterDescription {
    /// The names of the fields whose values no two users may share.
    package var uniqueKeys: Set<String> { Set(loginForm.filter(\.unique).map(\.name)) }
}

/// One field of the login form.
package struct FormField: Sendable, Equatable, Codable {
    package enum Kind: String, Sendable, Codable { case text, secret }

    /// A field name of `jabber:iq:register` (XEP-0077 §14.1) where one fits: `nick`, `phone`, `password`, `name` …
    package let name: String
    package let label: String
    package let kind: Kind
    package let required: Bool
    /// No two users of a gateway may have the same value (a phone number).
    package let unique: Bool
    /// For how long a unique value is kept from others after its user has given it up.
    package let quarantine: Duration

    package init(
        _ name: String, label: String, kind: Kind = .text, required: Bool = false, unique: Bool = false,
        quarantine: Duration = .zero
    ) {
        self.name = name
        self.label = label
        self.kind = kind
        self.required = required
        self.unique = unique
        self.quarantine = quarantine
    }
}
