/// Why a request failed or a session broke. The only error that crosses the adapter seam; `GatewayCore` turns it
/// into an error for the sender in one place.
package struct Failure: Error, Sendable, Equatable, Codable {
    /// The closed list of reasons. What each means to the sender is fixed by the core.
    package enum Kind: String, Sendable, CaseIterable, Codable {
        /// The peer, room or network does not exist.
        case notFound
        /// Credentials, a key or an account are missing or wrong.
        case notAuthorized
        /// The network wants a registered account or an invitation first.
        case registrationRequired
        /// The network says no: banned, muted, opted out, not an operator.
        case forbidden
        /// The name is taken by someone else.
        case conflict
        /// The name or address is not one this network can have.
        case malformedAddress
        /// The text is longer than the network takes.
        case tooLong
        /// The network takes messages of this kind, but not this one (media type, empty text …).
        case notAcceptable
        /// Too fast, or a limit of the network or of ours is reached; later it may go.
        case rateLimited
        /// A rule of the network or the operator forbids the content.
        case policy
        /// The room is full.
        case roomFull
        /// The sender is not in the room.
        case notInRoom
        /// The peer exists but cannot be reached now.
        case unreachable
        /// The network or provider cannot be reached now; nothing was handed over.
        case remoteDown
        /// The network or provider has no such host.
        case remoteNotFound
        /// The network cannot do this at all.
        case unsupported
        /// It was handed over, but no answer came: it may or may not have arrived, and is not sent again.
        case unknownOutcome
        /// A fault of ours or of the operator's set-up.
        case `internal`
    }

    /// Whether the core may hand the same request over again.
    package enum Retry: Sendable, Equatable, Codable {
        /// No: the outcome is final or unknown.
        case never
        /// Yes, it is known that the far side has not taken it; not before this much time.
        case after(Duration)
    }

    package var kind: Kind
    /// Words for the sender: what happened and what to do next. Never a secret, never another user's data.
    package var text: String
    /// Words for the operator's log.
    package var detail: String?
    package var retry: Retry

    package init(_ kind: Kind, _ text: String, detail: String? = nil, retry: Retry = .never) {
        self.kind = kind
        self.text = text
        self.detail = detail
        self.retry = retry
    }
}

/// Why an address as typed or received cannot be one of this network.
package struct AddressError: Error, Sendable, Equatable, Codable {
    package enum Kind: String, Sendable, Codable {
        /// It can never be an address here.
        case malformed
        /// It is well-formed, but names a network that is not configured.
        case unknownNetwork
    }

    package var kind: Kind
    /// Words for the person who typed it: what is wrong and what a right one looks like.
    package var text: String
    /// The address that was probably meant, as a raw localpart.
    package var suggestion: String?

    package init(_ kind: Kind, _ text: String, suggestion: String? = nil) {
        self.kind = kind
        self.text = text
        self.suggestion = suggestion
    }
}
