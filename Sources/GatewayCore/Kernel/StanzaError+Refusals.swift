import XMPP

/// Stanza errors that several features answer with.
extension StanzaError {
    static let notAllowedHere = StanzaError(
        .auth, .forbidden, "You may not use this gateway. Ask its operator to add you to its access list.")
    static let notInRoom = StanzaError(.modify, .notAcceptable, "You are not in this room. Join it first.")
    /// The answer to a ping of a resource that is not in the room (XEP-0410 §3.3).
    static let pingedFromOutside = StanzaError(.cancel, .notAcceptable, notInRoom.text)
    static let networkAway = StanzaError(
        .wait, .remoteServerTimeout,
        "The connection to this room's network is broken. The gateway is trying to connect again. Send this later.")
    static let goingAway = StanzaError(
        .wait, .serviceUnavailable, "The gateway is shutting down. Try again in a moment.")
    /// No feature answers such a stanza at this address.
    static let notServed = StanzaError(.cancel, .serviceUnavailable)
    static let tooManyRequests = StanzaError(
        .wait, .resourceConstraint, "Too many of your requests are waiting for the network. Try again later.")
    /// A message to an address of the gateway that stands for no person and no room.
    static func nobodyReads(_ domain: JID) -> StanzaError {
        let words = "Nobody reads messages sent to \(domain). Write to a contact or a room of this gateway."
        return StanzaError(.cancel, .serviceUnavailable, words)
    }
    /// - Parameter limit: `Limits.networksPerUser`.
    static func tooManyNetworks(_ limit: Int) -> StanzaError {
        StanzaError(
            .wait, .policyViolation,
            "You are connected to as many networks as this gateway allows (\(limit)). Leave all rooms of one of them,"
                + " and try again some minutes later, when its connection has ended.")
    }
    /// - Parameter limit: `Limits.rowsPerUser`.
    static func tooManyRows(_ limit: Int) -> StanzaError {
        StanzaError(
            .wait, .policyViolation,
            "This gateway keeps at most \(limit) entries for one user, and this request would exceed the limit."
                + " Remove contacts or the settings of a network first.")
    }
    static let registrationRequired = StanzaError(
        .auth, .registrationRequired,
        "Register with this gateway first: find it among the services in your client, and choose to register.")
}
