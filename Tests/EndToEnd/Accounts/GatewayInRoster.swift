import ServerRig
import Testing

extension AccountsOnProsody {
    @Test("a new user gets the gateway into the contact list without a question")
    func gatewayInRoster() async throws {
        let alice = try await Subscriber.registered(number: "+12025550218", in: Stage.deployment)
        let gateway = alice.deployment.sms
        let push = try await alice.user.expect("the gateway in the contact list") {
            $0.name == "iq" && $0.type == "set"
                && $0.child("query", "jabber:iq:roster")?.child("item")?["jid"] == gateway
        }
        let item = push.child("query", "jabber:iq:roster")?.child("item")
        #expect(item?["subscription"] == "both" && item?["name"] == "SMS gateway")
        try await alice.user.expect("the gateway to be available") {
            $0.name == "presence" && $0.from == "\(gateway)/sms" && $0.type.isEmpty
        }
        // The server's answer to the gateway's probe is on its way before the first ping.
        for _ in 0..<2 { try await alice.user.fence(gateway) }
        #expect(alice.user.stanzas.present { $0.type == "subscribe" }.isEmpty)
        let repeated = alice.user.stanzas.present {
            $0.name == "presence" && $0.from == "\(gateway)/sms" && $0.type.isEmpty
        }
        #expect(repeated.isEmpty, "the presence of the gateway comes once")
    }

    @Test("a contact that is added without a name gets one that can be read, and a name that the user chose stays")
    func namesInRoster() async throws {
        let alice = try await Subscriber.seen(number: "+12025550221")
        let (phone, other) = (alice.address("+12025550177"), alice.address("+12025550178"))
        let chosen = "<query xmlns='jabber:iq:roster'><item jid='\(other)' name='Bakery'/></query>"
        try await alice.user.query("set", to: alice.user.account.jid, chosen)
        for contact in [other, phone] { try alice.user.send("<presence type='subscribe' to='\(contact)'/>") }
        try await alice.user.expect("the name of the contact") {
            let item = $0.child("query", "jabber:iq:roster")?.child("item")
            return $0.name == "iq" && item?["jid"] == phone && item?["name"] == "+1 202 555 0177"
        }
        let roster = try await alice.user.query("get", to: alice.user.account.jid, "<query xmlns='jabber:iq:roster'/>")
        let items = roster.child("query")?.all("item") ?? []
        #expect(items.first { $0["jid"] == other }?["name"] == "Bakery")
        #expect(items.first { $0["jid"] == phone }?["subscription"] == "to")
    }

    @Test("a client that logs in gets the presence of each contact once")
    func presenceOnce() async throws { try await expectPresenceOnce(number: "+12025550222") }

    @Test("a user who unregisters loses the gateway in the contact list")
    func gatewayOutOfRoster() async throws {
        let alice = try await Subscriber.registered(number: "+12025550219", in: Stage.deployment)
        let gateway = alice.deployment.sms
        try await alice.user.expect("the gateway in the contact list") {
            $0.name == "iq" && $0.child("query", "jabber:iq:roster")?.child("item")?["jid"] == gateway
        }
        try await alice.user.query("set", to: gateway, "<query xmlns='jabber:iq:register'><remove/></query>")
        try await alice.user.expect("the gateway to leave the contact list") {
            let item = $0.child("query", "jabber:iq:roster")?.child("item")
            return $0.name == "iq" && item?["jid"] == gateway && item?["subscription"] == "remove"
        }
    }
}

extension AccountsOnProsody {
    @Test("a contact that the user has made stays in the list, without a subscription, when the user unregisters")
    func ownEntryStays() async throws {
        let alice = try await Subscriber.registered(number: "+12025550226", in: Stage.deployment)
        let (gateway, other) = (alice.deployment.sms, alice.address("+12025550179"))
        try await alice.user.expect("the gateway in the contact list") {
            $0.name == "iq" && $0.child("query", "jabber:iq:roster")?.child("item")?["jid"] == gateway
        }
        let chosen = "<query xmlns='jabber:iq:roster'><item jid='\(other)' name='Bakery'/></query>"
        try await alice.user.query("set", to: alice.user.account.jid, chosen)
        try alice.user.send("<presence type='subscribe' to='\(other)'/>")
        try await alice.user.expect("the contact") { $0.type == "subscribed" && $0.from == other }
        try await alice.user.query("set", to: gateway, "<query xmlns='jabber:iq:register'><remove/></query>")
        try await alice.user.expect("the gateway to leave the contact list") {
            let item = $0.child("query", "jabber:iq:roster")?.child("item")
            return $0.name == "iq" && item?["jid"] == gateway && item?["subscription"] == "remove"
        }
        let roster = try await alice.user.query("get", to: alice.user.account.jid, "<query xmlns='jabber:iq:roster'/>")
        let item = roster.child("query")?.all("item").first { $0["jid"] == other }
        #expect(item?["name"] == "Bakery" && item?["subscription"] == "none")
    }
}

extension AccountsOnEjabberd {
    @Test("a client that logs in gets the presence of each contact once")
    func presenceOnce() async throws { try await expectPresenceOnce(number: "+12025550222") }

    @Test("a new user is asked once, with a name and words")
    func askedOnce() async throws {
        let alice = try await Subscriber.registered(number: "+12025550218", in: Stage.deployment)
        let gateway = alice.deployment.sms
        let request = try await alice.user.expect("the gateway's question") {
            $0.name == "presence" && $0.type == "subscribe" && $0.from == gateway
        }
        #expect(request.child("nick")?.text == "SMS gateway" && request.child("status")?.text.isEmpty == false)
        try await alice.user.fence(gateway)
        #expect(alice.user.stanzas.present { $0.type == "subscribe" }.isEmpty)
    }
}

private func expectPresenceOnce(number: String) async throws {
    let alice = try await Subscriber.seen(number: number)
    let (phone, gateway) = (alice.address("+12025550176"), alice.deployment.sms)
    try alice.user.send("<presence type='subscribe' to='\(phone)'/>")
    try await alice.user.expect("\(phone) to be available") {
        $0.name == "presence" && $0.from == "\(phone)/sms" && $0.type.isEmpty
    }
    let second = XMPPUser(alice.user.account, resource: "second", driver: alice.deployment.driver)
    try await second.connect()
    for sender in ["\(gateway)/sms", "\(phone)/sms"] {
        try await second.expect("\(sender) to be available") {
            $0.name == "presence" && $0.from == sender && $0.type.isEmpty
        }
    }
    try await second.fence(gateway)
    try await second.fence(phone)
    #expect(second.stanzas.present { $0.name == "presence" && $0.from.hasSuffix("/sms") }.isEmpty)
    try await second.disconnect()
}
