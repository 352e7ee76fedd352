import XMPP

/// Stanza errors that several features answer with.
extension StanzaError {
    static let notAllowedHere = StanzaError(
        .forbidden, "You may not use this gateway. Ask its operator to add you to its access list.")
    static let notInRoom = StanzaError(.notAcceptable, "You are not in this room. Join it first.")
    /// The answer to a ping of a resource that is not in the room (XEP-0410 §3.3).
    static let pingedFromOutside = StanzaError(.notAcceptable, as: .final, notInRoom.text)
    static let networkAway = StanzaError(
        .remoteServerTimeout,
        "The connection to this room's network is broken. The gateway is trying to connect again. Send this later.")
    /// The registry cannot be read, or cannot be changed.
    static let registryAway = StanzaError(
        .internalServerError, as: .temporary, "The gateway cannot use its registry now. Try again in a moment.")
    static let goingAway = StanzaError(
        .serviceUnavailable, as: .temporary, "The gateway is shutting down. Try again in a moment.")
    static let maintenance = StanzaError(
        .serviceUnavailable, as: .temporary,
        "The gateway takes no new connections and messages, because its operator is about to restart it. Try again"
            + " later.")
    /// No feature answers such a stanza at this address.
    static let notServed = StanzaError(.serviceUnavailable)
    static let tooManyRequests = StanzaError(
        .resourceConstraint, "Too many of your requests are waiting for the network. Try again later.")
    static let tooManyMessages = StanzaError(
        .resourceConstraint,
        "Too many of your messages to this address wait to be sent. This one was not sent. Try again later.")
    static let notFilledIn = StanzaError(.badRequest, "The form is not filled in: its type must be 'submit'.")
    static let searchedTooOften = StanzaError(
        .policyViolation, as: .temporary, "You search too often. Wait some seconds, then try again.")
    /// A name that the network knows, but that no JID can hold.
    static let notWritable = StanzaError(
        .notAcceptable, "This name or number cannot be written as an XMPP address.")
    /// A filled-in form with the `FORM_TYPE` of another form.
    static func notForSearch(_ formType: String) -> StanzaError {
        StanzaError(.badRequest, "This form is not for a search, but for '\(formType)'.")
    }
    static func nobodyCalled(_ nick: String) -> StanzaError {
        StanzaError(.itemNotFound, "Nobody called \(nick) is in this room.")
    }
    static let withoutText = StanzaError(.notAcceptable, "The message has no text, so it was not sent.")
    /// A message to an address of the gateway that stands for no person and no room.
    static func nobodyReads(_ domain: JID) -> StanzaError {
        let words = "Nobody reads messages sent to \(domain). Write to a contact or a room of this gateway."
        return StanzaError(.serviceUnavailable, words)
    }
    /// - Parameter limit: `Limits.networksPerUser`.
    static func tooManyNetworks(_ limit: Int) -> StanzaError {
        StanzaError(
            .policyViolation, as: .temporary,
            "You are connected to as many networks as this gateway allows (\(limit)). Leave all rooms of one of them,"
                + " and try again some minutes later, when its connection has ended.")
    }
    /// - Parameter limit: `Limits.rowsPerUser`.
    static func tooManyRows(_ limit: Int) -> StanzaError {
        StanzaError(
            .policyViolation, as: .temporary,
            "This gateway keeps at most \(limit) entries for one user, and this request would exceed the limit."
                + " Remove contacts or the settings of a network first.")
    }
    static let tooManyChanges = StanzaError(
        .resourceConstraint,
        "The gateway is storing the data of many new users and cannot take more just now. Try again in a minute.")
    static let registrationRequired = StanzaError(
        .registrationRequired,
        "Register with this gateway first: send it the word 'register', or choose to register in your client's list of"
            + " services.")
}
