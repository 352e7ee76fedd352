import ServerRig
import Testing

extension AccountsOnProsody {
    @Test("a contact is available from a resource, with capabilities that can be asked for")
    func contactPresence() async throws { try await expectCapabilities() }
}

extension AccountsOnEjabberd {
    @Test("a contact is available from a resource, with capabilities that can be asked for")
    func contactPresence() async throws { try await expectCapabilities() }
}

private func expectCapabilities() async throws {
    let alice = try await Subscriber.registered(number: "+12025550214", in: Stage.deployment)
    let phone = alice.address("+12025550180")
    try alice.user.send("<presence type='subscribe' to='\(phone)'/>")
    let presence = try await alice.user.expect("\(phone) to be available") {
        $0.name == "presence" && $0.from == "\(phone)/sms" && $0.type.isEmpty
    }
    let capabilities = try #require(presence.child("c", "http://jabber.org/protocol/caps"))
    let node = "\(capabilities["node"] ?? "")#\(capabilities["ver"] ?? "")"
    let info = try await alice.user.query(
        "get", to: "\(phone)/sms", "<query xmlns='http://jabber.org/protocol/disco#info' node='\(node)'/>")
    #expect(info.type == "result" && info.child("query")?["node"] == node)
}
