import ServerRig
import Testing

extension AccountsOnProsody {
    @Test("a client that wants the names of contacts is told them when it comes, and those of new contacts")
    func newsOfNames() async throws { try await expectNewsOfNames() }

    @Test("a number is shown as people write it, in the vCard and as published nick")
    func namesOfNumbers() async throws { try await expectReadableNames() }
}

extension AccountsOnEjabberd {
    @Test("a client that wants the names of contacts is told them when it comes, and those of new contacts")
    func newsOfNames() async throws { try await expectNewsOfNames() }

    @Test("a number is shown as people write it, in the vCard and as published nick")
    func namesOfNumbers() async throws { try await expectReadableNames() }
}

private func expectReadableNames() async throws {
    let alice = try await Subscriber.registered(number: "+12025550216", in: Stage.deployment)
    let phone = alice.address("+12025550187")
    let card = try await alice.user.query("get", to: phone, "<vCard xmlns='vcard-temp'/>")
    #expect(card.child("vCard")?.child("FN")?.text == "+1 202 555 0187")
    let nick = try await alice.user.query(
        "get", to: phone,
        "<pubsub xmlns='http://jabber.org/protocol/pubsub'><items node='http://jabber.org/protocol/nick'/></pubsub>")
    let item = nick.child("pubsub")?.child("items")?.child("item")
    #expect(item?.child("nick", "http://jabber.org/protocol/nick")?.text == "+1 202 555 0187")
}

private func expectNewsOfNames() async throws {
    let alice = try await Subscriber.seen(number: "+12025550223")
    let contacts = ["+12025550174", "+12025550175"].map(alice.address)
    func add(_ contact: String) async throws {
        try alice.user.send("<presence type='subscribe' to='\(contact)'/>")
        try await alice.user.expect("\(contact) to be available") {
            $0.name == "presence" && $0.from == "\(contact)/sms" && $0.type.isEmpty
        }
    }
    func expectName(_ name: String, of contact: String) async throws {
        try await alice.user.expect("the name of \(contact)") {
            let items = $0.child("event", "http://jabber.org/protocol/pubsub#event")?.child("items")
            return $0.name == "message" && $0.type == "headline" && $0.from == contact
                && items?.child("item")?.child("nick", "http://jabber.org/protocol/nick")?.text == name
        }
    }
    try await add(contacts[0])
    try alice.user.announce(["http://jabber.org/protocol/nick+notify"])
    // The hash of exactly this feature (XEP-0115 §5.1).
    let hash = "ckxIgvjLPXKSStcroNGNRCRuD7o="
    try alice.user.send(
        "<presence><c xmlns='http://jabber.org/protocol/caps' hash='sha-1' node='urn:x-test' ver='\(hash)'/></presence>"
    )
    try await expectName("+1 202 555 0174", of: contacts[0])
    try await add(contacts[1])
    try await expectName("+1 202 555 0175", of: contacts[1])
}
