/// The reason why a request failed or a session broke. It is the only error that an adapter passes to the core.
/// `GatewayCore` turns it into an error for the sender in one place.
package struct Failure: Error, Sendable, Equatable, Codable {
    /// The closed list of reasons. The core decides which error the sender sees for each.
    package enum Kind: String, Sendable, CaseIterable, Codable {
        /// The peer, room or network does not exist.
        case notFound
        /// Credentials, a key or an account are missing or wrong.
        case notAuthorized
        /// The network requires a registered account or an invitation first.
        case registrationRequired
        /// The network forbids the request: the account is banned or muted, is no operator, or the peer takes no
        /// messages from it.
        case forbidden
        /// The peer wants no messages from the account. For a stored address, the core remembers that and sends no
        /// further messages, until the peer consents again (`Consent`) or an operator allows messages again.
        case optedOut
        /// Somebody else has the name.
        case conflict
        /// No name or address on this network can have this form.
        case malformedAddress
        /// The text is longer than the network accepts.
        case tooLong
        /// The network accepts messages of this kind, but not this one: its media type is wrong, its text is empty …
        case notAcceptable
        /// The sender was too fast, or has reached a limit of the network or of the gateway. A later attempt may
        /// succeed.
        case rateLimited
        /// A rule of the network forbids to do this so often. A later attempt may succeed.
        case tooFast
        /// The user's line or command lacks something that the network demands.
        case badRequest
        /// A rule of the network or the operator forbids the content.
        case policy
        /// The room is full.
        case roomFull
        /// The sender is not in the room.
        case notInRoom
        /// The peer exists, but cannot be reached now.
        case unreachable
        /// The network or provider cannot be reached now. It has not received the request.
        case remoteDown
        /// The network or provider has no such host.
        case remoteNotFound
        /// The network cannot do this at all.
        case unsupported
        /// The adapter sent the request, but got no answer. The request may have arrived. Nothing sends it again.
        case unknownOutcome
        /// The gateway has a fault, or the operator has set it up wrongly.
        case `internal`
    }

    /// Whether the core may send the same request again.
    package enum Retry: Sendable, Equatable, Codable {
        /// The core must not send the request again: the outcome is final or unknown.
        case never
        /// The network or provider has certainly not taken the request. The core may send it again after this time.
        case after(Duration)
    }

    package var kind: Kind
    /// Tells the sender what happened and what to do next. It must not contain a secret or another user's data.
    package var text: String
    /// A text for the operator's log.
    package var detail: String?
    package var retry: Retry
    /// The address that the network names instead of the one in the request: the room forwards to another one, or the
    /// person has another address. Nil if it names none. It is stored indirectly to keep failures small.
    package var elsewhere: Address? {
        get { if case .address(let address) = alternative { address } else { nil } }
        set { alternative = newValue.map(Alternative.address) }
    }

    /// The field of a form whose value is refused; nil if the failure is about no field. It is stored like `elsewhere`,
    /// and a failure has at most one of the two.
    package var field: String? {
        get { if case .field(let name) = alternative { name } else { nil } }
        set { alternative = newValue.map(Alternative.field) }
    }

    private var alternative: Alternative?

    private indirect enum Alternative: Sendable, Equatable, Codable { case address(Address), field(String) }

    package init(
        _ kind: Kind, _ text: String, detail: String? = nil, retry: Retry = .never, elsewhere: Address? = nil
    ) {
        self.kind = kind
        self.text = text
        self.detail = detail
        self.retry = retry
        alternative = elsewhere.map(Alternative.address)
    }

    /// The failure, about this field of a form.
    package func about(_ field: String) -> Failure {
        var failure = self
        failure.field = field
        return failure
    }
}

/// The reason why a typed or received text is no address of this network.
package struct AddressError: Error, Sendable, Equatable, Codable {
    /// The reason without its details.
    package enum Kind: String, Sendable, Codable {
        /// No address of this gateway can have this form.
        case malformed
        /// The address is well-formed, but names a network that is not configured.
        case unknownNetwork
    }

    package var kind: Kind
    /// Tells the person who typed the address what is wrong, and what a right address looks like.
    package var text: String
    /// The address that the person probably meant, as an unescaped localpart.
    package var suggestion: String?

    package init(_ kind: Kind, _ text: String, suggestion: String? = nil) {
        self.kind = kind
        self.text = text
        self.suggestion = suggestion
    }
}
