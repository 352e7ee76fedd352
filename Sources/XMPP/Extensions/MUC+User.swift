import XML

/// A room's information about occupants, and invitations that go through the room (XEP-0045 §17.2).
package struct MUCUser: Payload {
    package static let namespace = "http://jabber.org/protocol/muc#user"

    /// A mediated invitation (XEP-0045 §7.8.2): it has `to` on its way to the room, and `from` on its way to the
    /// invited user.
    package struct Invite: Sendable, Equatable {
        package var to: JID?
        package var from: JID?
        package var reason: String?
        /// The thread of a one-to-one chat that continues in the room (§7.9).
        package var continueThread: String?
        /// Whether a one-to-one chat continues in the room, with or without a thread.
        package var isContinuation: Bool

        package init(
            to: JID? = nil, from: JID? = nil, reason: String? = nil, isContinuation: Bool = false,
            continueThread: String? = nil
        ) {
            self.to = to
            self.from = from
            self.reason = reason
            self.isContinuation = isContinuation || continueThread != nil
            self.continueThread = continueThread
        }
    }

    /// The answer of a user who declines an invitation (XEP-0045 §7.8.2).
    package struct Decline: Sendable, Equatable {
        package var to: JID?
        package var from: JID?
        package var reason: String?

        package init(to: JID? = nil, from: JID? = nil, reason: String? = nil) {
            self.to = to
            self.from = from
            self.reason = reason
        }
    }

    package var items: [MUC.Item]
    /// Status codes (XEP-0045 §15.6.2), such as 110 for the user's own presence.
    package var statuses: [Int]
    package var invites: [Invite]
    package var declines: [Decline]
    package var destroy: MUC.Destroy?
    /// The room's password, in an invitation.
    package var password: String?

    package init(
        items: [MUC.Item] = [], statuses: [Int] = [], invites: [Invite] = [], declines: [Decline] = [],
        destroy: MUC.Destroy? = nil, password: String? = nil
    ) {
        self.items = items
        self.statuses = statuses
        self.invites = invites
        self.declines = declines
        self.destroy = destroy
        self.password = password
    }

    package init(_ element: Element) throws(PayloadError) {
        try element.expect("x", Self.namespace)
        self.init(password: element.childText("password"))
        for child in element.elements where child.namespace == Self.namespace {
            switch child.name {
            case "item": items.append(try MUC.Item(child))
            case "status": if let code = try child.count("code") { statuses.append(code) }
            case "invite": invites.append(try Invite(child))
            case "decline": declines.append(try Decline(child))
            case "destroy": destroy = try MUC.Destroy(child)
            default: break
            }
        }
    }

    package var element: Element {
        var user = Element("x", namespace: Self.namespace)
        for invite in invites { user.append(invite.element) }
        for decline in declines { user.append(decline.element) }
        for item in items { user.append(item.element(in: Self.namespace)) }
        if let destroy { user.append(destroy.element(in: Self.namespace)) }
        for status in statuses {
            user.append(Element("status", namespace: Self.namespace).with("code", String(status)))
        }
        user.append("password", text: password)
        return user
    }
}

extension MUCUser.Invite {
    fileprivate init(_ element: Element) throws(PayloadError) {
        let continuation = element.first("continue", namespace: MUCUser.namespace)
        self.init(
            to: try element.jid("to"), from: try element.jid("from"), reason: element.childText("reason"),
            isContinuation: continuation != nil, continueThread: continuation?[attribute: "thread"])
    }

    fileprivate var element: Element {
        var invite = Element("invite", namespace: MUCUser.namespace)
            .with("to", to?.description).with("from", from?.description)
        invite.append("reason", text: reason)
        if isContinuation {
            invite.append(Element("continue", namespace: MUCUser.namespace).with("thread", continueThread))
        }
        return invite
    }
}

extension MUCUser.Decline {
    fileprivate init(_ element: Element) throws(PayloadError) {
        self.init(to: try element.jid("to"), from: try element.jid("from"), reason: element.childText("reason"))
    }

    fileprivate var element: Element {
        var decline = Element("decline", namespace: MUCUser.namespace)
            .with("to", to?.description).with("from", from?.description)
        decline.append("reason", text: reason)
        return decline
    }
}
