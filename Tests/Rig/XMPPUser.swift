import Synchronization

/// A name and password on the XMPP server. Several resources of an account may be online at once.
package struct XMPPAccount: Sendable {
    /// Bare JID.
    package let jid: String
    package let password: String
    package let port: Int

    package var name: String { String(jid.prefix { $0 != "@" }) }
}

/// One resource of a person on the XMPP side.
package final class XMPPUser: Sendable {
    package let account: XMPPAccount
    /// Full JID.
    package let jid: String
    package let stanzas: Mailbox<XMLNode>
    private let statuses: Mailbox<XMPPDriver.Status>
    private let driver: XMPPDriver
    private let lastID = Atomic<Int>(0)

    /// Makes a resource that is not online yet; `connect` takes it online.
    package init(_ account: XMPPAccount, resource: String, driver: XMPPDriver) {
        self.account = account
        self.driver = driver
        jid = account.jid + "/" + resource
        stanzas = Mailbox(owner: jid, logs: driver.logs)
        statuses = Mailbox(owner: jid, logs: driver.logs)
        driver.register(jid, XMPPDriver.Receiver(stanzas: stanzas, statuses: statuses))
    }

    /// Logs in, asks for the contact list and sends initial presence.
    package func connect() async throws {
        try driver.command(
            ["do": "connect", "user": jid, "jid": jid, "password": account.password], port: account.port)
        let status = try await statuses.first("its login", within: .patience) { _ in true }
        guard status.event == "online" else { throw RigFailure("\(jid) could not log in: \(status.detail)") }
        // A client is told of changes to its contacts only after it has asked for them (RFC 6121 §2.1.3).
        try await query("get", to: account.jid, "<query xmlns='jabber:iq:roster'/>")
        try send("<presence/>")
        try await expect("its own presence") { $0.name == "presence" && $0.from == self.jid }
    }

    /// Ends the session with a proper end of the stream.
    package func disconnect() async throws {
        try driver.command(["do": "disconnect", "user": jid])
        try await awaitOffline()
    }

    /// Calls `body` when the connection has ended, for whatever reason. Set it before `connect`.
    package func whenOffline(_ body: @escaping @Sendable () -> Void) {
        statuses.listen { status in if status.event == "offline" { body() } }
    }

    /// Returns when the connection has ended, for whatever reason.
    package func awaitOffline() async throws {
        _ = try await statuses.first("the end of its connection", within: .patience) { $0.event == "offline" }
    }

    /// Sends a stanza unchanged.
    package func send(_ xml: String) throws {
        try driver.command(["do": "send", "user": jid, "xml": xml])
    }

    /// Answers each question for this client's features (XEP-0030) with these, from now on.
    package func announce(_ features: [String]) throws {
        try driver.command(["do": "announce", "user": jid, "features": features.joined(separator: " ")])
    }

    /// A new id for a stanza.
    package func newID(_ kind: String = "s") -> String {
        "\(kind)-\(lastID.add(1, ordering: .relaxed).newValue)"
    }

    /// Takes the first stanza that matches.
    @discardableResult
    package func expect(
        _ what: String, within limit: Duration = .patience, where matches: @escaping @Sendable (XMLNode) -> Bool
    ) async throws -> XMLNode {
        try await stanzas.first(what, within: limit, where: matches)
    }

    /// Returns when `entity` has handled everything that we sent to it before, and we have everything that it sent to
    /// us before: stanzas between two entities keep their order (RFC 6120 §10.1). Any answer to the ping proves that.
    package func fence(_ entity: String) async throws {
        _ = try await query("get", to: entity, "<ping xmlns='urn:xmpp:ping'/>")
    }
}
