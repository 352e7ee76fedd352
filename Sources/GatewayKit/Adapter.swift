/// The code for one kind of network, joined to one gateway. Two parts: `rules`, pure and asked at any time, and
/// sessions, one per account, which live on the gateway's event loop.
///
/// An adapter is made, used and released on that loop only; none of its calls may block. It never keeps durable
/// state of its own: what must survive is the core's ledger.
package protocol Adapter: AnyObject {
    var rules: any NetworkRules { get }

    /// Starts the live side of an account. The core calls it when the account is first needed (`onDemand`) or at
    /// start-up and on registration (`always`), and never twice before `close`.
    func open(_ account: Account, events: EventSink) -> any AdapterSession
}

/// The live side of one account, on the gateway's loop.
package protocol AdapterSession: AnyObject {
    /// Carries out a request. The outcome comes as an event, possibly before this returns.
    func perform(_ request: Request)

    /// What can be done towards that address right now.
    func capabilities(for address: Address) -> Capabilities

    /// The home side takes no more for now: read nothing more from the network until `resume`, so that it has to
    /// wait. What has been read already may still come as events. Never called twice in a row.
    func pause()

    /// Takes back `pause`.
    func resume()

    /// Ends the session: says goodbye where the network has one, with this reason for its people to read.
    /// Requests still open, and those made until `done`, are failed. `done` is called exactly once; after it no event
    /// is emitted and requests are ignored.
    func close(reason: String, done: @escaping () -> Void)
}

/// What can be said about a network without talking to it: pure functions of the configuration.
package protocol NetworkRules: Sendable {
    var description: AdapterDescription { get }
    /// The networks an operator has configured, in the order of the file.
    var networks: [NetworkID] { get }

    /// Reads the localpart of an address, already unescaped. The inverse of `localpart(of:)`.
    func address(localpart: String) throws(AddressError) -> Address

    /// Writes the canonical localpart, unescaped: `address(localpart: localpart(of: a)) == a` for every address. Only a
    /// gateway's single network may have none: then it is the gateway itself.
    func localpart(of address: Address) -> String

    /// Understands what a person types into a contact prompt: spaces, national numbers, missing network.
    func normalize(_ typed: String) throws(AddressError) -> Address

    /// Checks a filled-in login form and returns the values to keep, normalised. Keys are those of
    /// `description.loginForm`; values the user left out are missing.
    func check(login values: [String: String]) throws(Failure) -> [String: String]

    /// Whose these checked login values are by the operator's configuration; nil if it does not say.
    func owner(of login: [String: String]) -> UserID?

    /// Whether a user may take these checked login values. Asked when a unique one of them is new to that user; whether
    /// somebody else has it already is the core's matter.
    func authorize(_ login: [String: String], by user: UserID) throws(Failure)

    /// The network an account with these settings uses when an address does not say; nil where every
    /// address names its network.
    func network(for settings: [String: String]) -> NetworkID?
}

extension NetworkRules {
    package func owner(of login: [String: String]) -> UserID? { nil }
    package func authorize(_ login: [String: String], by user: UserID) throws(Failure) {}
}

/// What an adapter is, in data.
package struct AdapterDescription: Sendable {
    /// A service discovery identity: category and type.
    package struct Identity: Sendable, Equatable {
        package let category: String
        package let type: String

        package init(_ category: String, _ type: String) {
            self.category = category
            self.type = type
        }
    }

    package enum Registration: Sendable { case required, optional }

    package enum Delivery: Sendable {
        /// Messages go straight through; a break fails them.
        case live
        /// Messages are in the ledger before they are handed over, and inbound ones before they are acknowledged.
        case stored
    }

    package enum Sessions: Sendable { case onDemand, always }

    /// Adapter kind as written in the configuration: lower-case ASCII.
    package var id: String
    /// For people, as written in sentences.
    package var name: String
    package var gatewayIdentity: Identity
    package var peerIdentity: Identity
    /// Nil if the network has no rooms.
    package var roomIdentity: Identity?
    package var registration: Registration
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
package struct FormField: Sendable, Equatable {
    package enum Kind: Sendable { case text, secret }

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

/// What an adapter is told about an account when its session starts.
package struct Account: Sendable, Equatable {
    package let id: AccountID
    /// The name wanted on the network if the network lets one choose and `settings` has none.
    package let preferredNick: String
    /// The checked values of the login form; secret fields among them.
    package let settings: [String: String]

    package init(id: AccountID, preferredNick: String, settings: [String: String]) {
        self.id = id
        self.preferredNick = preferredNick
        self.settings = settings
    }
}

/// Where a session's events go. On the gateway's loop only; may be called from within `open`, `perform` and `close`.
package struct EventSink {
    /// What the core did with an event that had to be taken before it could be acknowledged.
    package enum Taken: Sendable, Equatable {
        /// Durable, or already known: acknowledge it.
        case stored
        /// Not taken; the network should offer it again.
        case refused(Failure)
    }

    private let deliver: (consuming Event, ((Taken) -> Void)?) -> Void

    package init(_ deliver: @escaping (consuming Event, ((Taken) -> Void)?) -> Void) { self.deliver = deliver }

    package func emit(_ event: consuming Event) { deliver(event, nil) }

    /// For networks of delivery `stored`: `taken` is called exactly once, on the loop.
    package func emit(_ event: consuming Event, taken: @escaping (Taken) -> Void) { deliver(event, taken) }
}
