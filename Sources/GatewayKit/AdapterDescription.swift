/// Describes an adapter to the core: its names, its identities in service discovery, its login form and its defaults.
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

    /// Whether a user must register with the gateway before the user can use it.
    package enum Registration: String, Sendable, Codable { case required, optional }

    /// When the core opens and closes sessions.
    package enum Sessions: String, Sendable, Codable {
        /// The core opens a session when its user first needs it. The adapter may end it when the user is out of all
        /// rooms.
        case onDemand
        /// The core opens the session of each registered user whose data it has loaded, and closes it when it forgets
        /// the user. Only for networks that name accounts by a unique login value and reach them through
        /// `AccountFinder`: there an account needs no session to be reachable.
        case withUser
    }

    /// The kind of adapter, as the configuration names it: lower-case ASCII.
    package var id: String
    /// The name that people see in sentences.
    package var name: String
    package var gatewayIdentity: Identity
    /// The identity of a network's own address. By default it is that of the gateway.
    package var networkIdentity: Identity
    package var peerIdentity: Identity
    /// Nil if the network has no rooms.
    package var roomIdentity: Identity?
    package var registration: Registration
    /// How messages to and from an address travel if `NetworkRules.delivery(of:)` returns nil for the address.
    package var delivery: Delivery
    /// Whether `NetworkRules.delivery(of:)` differs from `delivery` for some addresses. If not, and if `delivery` is
    /// `live`, the core never calls that function.
    package var deliveryVaries: Bool
    package var sessions: Sessions
    package var loginForm: [FormField]
    /// The text above the login form.
    package var loginInstructions: String
    /// The settings that a user can make for a room and that concern this user alone. None of them is required or
    /// unique, and none is secret.
    package var roomForm: [FormField]
    /// The sentence that explains the contact prompt, which asks a user for the address of a contact.
    package var promptDescription: String
    /// The label of the contact prompt's field.
    package var promptLabel: String
    /// Whether users can type commands into conversations (`Question.command`), and lines of the network's own protocol
    /// into the conversation with the network (`Question.raw`). Otherwise a text that begins with a slash is sent as it
    /// is.
    package var takesCommands: Bool
    /// Tells a user how a person who has opted out can get messages again. If it is set, the core sends no messages to
    /// people who have opted out (`Consent`). Nil if people on the network cannot opt out.
    package var optOutHint: String?
    /// Whether messages to stored addresses count against limits (`NetworkRules.charge`).
    package var countsMessages = false
    /// The names of the commands about a user's connections. Nil if the adapter has no such commands.
    package var connectionCommands: ConnectionCommandNames?
    /// The commands that make an account on a network. Nil if the adapter has none.
    package var accountCommands: AccountCommandNames?

    package init(
        id: String, name: String, gatewayIdentity: Identity, peerIdentity: Identity, roomIdentity: Identity?,
        registration: Registration, delivery: Delivery, sessions: Sessions, loginForm: [FormField],
        loginInstructions: String, promptDescription: String, promptLabel: String, deliveryVaries: Bool = false,
        takesCommands: Bool = false, connectionCommands: ConnectionCommandNames? = nil,
        accountCommands: AccountCommandNames? = nil, roomForm: [FormField] = [],
        networkIdentity: Identity? = nil
    ) {
        self.id = id
        self.name = name
        self.gatewayIdentity = gatewayIdentity
        self.networkIdentity = networkIdentity ?? gatewayIdentity
        self.peerIdentity = peerIdentity
        self.roomIdentity = roomIdentity
        self.registration = registration
        self.delivery = delivery
        self.sessions = sessions
        self.loginForm = loginForm
        self.loginInstructions = loginInstructions
        self.roomForm = roomForm
        self.promptDescription = promptDescription
        self.promptLabel = promptLabel
        self.deliveryVaries = deliveryVaries
        self.takesCommands = takesCommands
        self.connectionCommands = connectionCommands
        self.accountCommands = accountCommands
    }
}

extension AdapterDescription {
    /// The names of the login form's unique fields (`FormField.unique`).
    package var uniqueKeys: Set<String> { Set(loginForm.filter(\.unique).map(\.name)) }

    /// The login form's field from whose value messages come, such as a phone number: the first unique one. Consent
    /// applies to this value. Nil if no field is unique.
    package var lineKey: String? { loginForm.first(where: \.unique)?.name }

    /// The value from which an account with these login values sends messages; nil if there is none.
    package func line(of login: [String: String]) -> UniqueValue? {
        lineKey.flatMap { key in login[key].map { UniqueValue(key, $0) } }
    }

    /// The names of the login form's fields whose values apply to one network only (`FormField.isForOneNetwork`).
    package var keysForOneNetwork: Set<String> { Set(loginForm.filter(\.isForOneNetwork).map(\.name)) }
}

/// One field of the login form.
package struct FormField: Sendable, Equatable, Codable {
    /// The form of the field's value. The store seals secrets. The lines of `lines` are joined by LF.
    package enum Kind: String, Sendable, Codable { case text, secret, lines }

    /// The field's name. Use a name from `jabber:iq:register` (XEP-0077 §14.1) where one fits: `nick`, `phone` …
    package let name: String
    package let label: String
    package let kind: Kind
    package let required: Bool
    /// Whether no two users of a gateway may have the same value, as with a phone number.
    package let unique: Bool
    /// How long other users cannot take a unique value after its user has given it up.
    package let quarantine: Duration
    /// The values to choose from; empty if the user may write any value.
    package let options: [String]
    /// Whether the value belongs to one network, as a password there does. If the gateway has several networks, a value
    /// that a user has saved for the gateway itself applies to none of them. Otherwise each network would get the
    /// password for another.
    package let isForOneNetwork: Bool
    /// Whether the store seals the value, and neither the log nor an export shows it. True for each secret, and for
    /// fields that often contain one.
    package let isSealed: Bool

    package init(
        _ name: String, label: String, kind: Kind = .text, required: Bool = false, unique: Bool = false,
        quarantine: Duration = .zero, options: [String] = [], isForOneNetwork: Bool = false, isSealed: Bool = false
    ) {
        self.name = name
        self.label = label
        self.kind = kind
        self.required = required
        self.unique = unique
        self.quarantine = quarantine
        self.options = options
        self.isForOneNetwork = isForOneNetwork
        self.isSealed = isSealed || kind == .secret
    }
}
