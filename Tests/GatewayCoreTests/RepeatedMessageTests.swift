import GatewayKit
import Registry
import Testing
import XMPP

@testable import GatewayCore

@Suite("Messages that a client sends again")
struct RepeatedMessageTests {
    private func write(
        _ scene: Scene, _ text: String = "hello", id: String = "a1", from: String = "anna@home.test/phone",
        origin: String = "o1", to: String = "+15550199@gw.test"
    ) throws {
        try scene.receive(
            from: from,
            "<message to='\(to)' type='chat' id='\(id)'><body>\(text)</body>"
                + "<origin-id xmlns='urn:xmpp:sid:0' id='\(origin)'/></message>")
    }

    @Test("the same message is taken once, also from another resource")
    func once() throws {
        let scene = try StoredDeliveryTests.scene()
        try write(scene)
        try write(scene)
        try write(scene, from: "anna@home.test/again")
        #expect(scene.acceptAll().count == 1 && scene.messages.isEmpty)
        #expect(scene.counted.count { $0 == .repeatsOut } == 2)
    }

    @Test("a message with another text, id, origin-id or recipient is another message")
    func others() throws {
        let scene = try StoredDeliveryTests.scene()
        try write(scene)
        try write(scene, "hello again")
        try write(scene, id: "a2")
        try write(scene, origin: "o2")
        try write(scene, to: "+15550198@gw.test")
        #expect(scene.acceptAll().count == 5)
    }

    @Test("an id that a client may count from 1 at each login is no proof of a repeat, a long one is")
    func countedIDs() throws {
        let scene = try StoredDeliveryTests.scene()
        for (id, count) in [("1", 2), ("msg-001", 2), ("purple7f3a9c", 1)] {
            for _ in 0..<2 {
                try scene.receive(
                    from: "anna@home.test/a",
                    "<message to='+15550199@gw.test' type='chat' id='\(id)'><body>ok</body></message>")
            }
            #expect(scene.acceptAll().count == count, "\(id)")
        }
    }

    @Test("an origin-id that is empty or missing proves nothing", arguments: ["id=''", ""])
    func noOrigin(attribute: String) throws {
        let scene = try StoredDeliveryTests.scene()
        for _ in 0..<2 {
            try scene.receive(
                from: "anna@home.test/a",
                "<message to='+15550199@gw.test' type='chat' id='7'><body>ok</body>"
                    + "<origin-id xmlns='urn:xmpp:sid:0' \(attribute)/></message>")
        }
        #expect(scene.acceptAll().count == 2)
    }

    @Test("a message with another link, subject or correction is another message, with other receipts it is the same")
    func rest() throws {
        let scene = try StoredDeliveryTests.scene()
        let parts = [
            "", "<x xmlns='jabber:x:oob'><url>u1</url></x>", "<x xmlns='jabber:x:oob'><url>u2</url></x>",
            "<subject>s</subject>", "<replace xmlns='urn:xmpp:message-correct:0' id='m'/>",
            "<replace xmlns='urn:xmpp:message-correct:0' id='n'/>",
        ]
        for _ in 0..<2 {
            for (index, part) in parts.enumerated() {
                try scene.receive(
                    from: "anna@home.test/a",
                    "<message to='+15550199@gw.test' type='chat' id='long-id-\(index == 0 ? 0 : 1)'><body>ok</body>\(part)"
                        + "</message>")
            }
        }
        #expect(scene.acceptAll().count == 11, "the last one of an id is known, and the first id has but one message")
        try scene.receive(
            from: "anna@home.test/a",
            "<message to='+15550199@gw.test' type='chat' id='long-id-0'><body>ok</body>"
                + "<request xmlns='urn:xmpp:receipts'/></message>")
        #expect(scene.acceptAll().isEmpty)
    }

    @Test("ten minutes later the same id is another message")
    func later() throws {
        let scene = try StoredDeliveryTests.scene()
        try write(scene)
        scene.advance(by: .seconds(299))
        try write(scene)
        #expect(scene.acceptAll().count == 1)
        scene.advance(by: .seconds(700))
        try write(scene)
        #expect(scene.acceptAll().count == 1)
    }

    @Test("a message that was refused or has failed may be sent again with its id")
    func failed() throws {
        let scene = try StoredDeliveryTests.scene()
        scene.registryFailure = .unavailable("disk full")
        try write(scene)
        #expect(scene.messages.map(\.type) == [.error])
        scene.registryFailure = nil
        try write(scene)
        let id = try scene.takeRequest().id
        scene.event(.outcome(id, .failed(Failure(.notFound, "no such number"))), network: "phone", token: 1)
        try write(scene)
        #expect(scene.acceptAll().count == 1)
    }

    @Test("after a restart, the ledger still knows the message")
    func restart() throws {
        let now = Timestamp(secondsSince1970: 1_767_268_800)
        var entry = OutboundEntry(
            id: RequestID("r1"), gateway: "gw.test",
            account: AccountID(user: UserID("anna@home.test"), network: StoredRules.network), localpart: "+15550199",
            text: "", sender: "anna@home.test/phone", recipient: "+15550199@gw.test", originID: "a1",
            wantsReceipt: false, createdAt: now.advanced(by: .seconds(-60)), updatedAt: now)
        entry.state = .accepted
        let scene = try StoredDeliveryTests.scene([entry])
        scene.forget()
        try write(scene)
        #expect(scene.acceptAll().isEmpty)
        try write(scene, id: "a2")
        #expect(scene.acceptAll().count == 1)
        // Without an origin-id, another text may have the same id.
        let plain = "<message to='+15550199@gw.test' type='chat' id='a1'><body>another text</body></message>"
        try scene.receive(from: "anna@home.test/phone", plain)
        #expect(scene.acceptAll().count == 1)
    }

    @Test("only the latest messages are remembered, in a table of fixed size")
    func bounded() throws {
        let scene = try StoredDeliveryTests.scene()
        for number in 0...TakenMessages.most { try write(scene, id: "n\(number)") }
        _ = scene.acceptAll()
        try write(scene, id: "n1")
        #expect(scene.acceptAll().isEmpty, "the oldest but one is remembered")
        try write(scene, id: "n0")
        #expect(scene.acceptAll().count == 1, "the oldest is forgotten")
    }

    @Test("a room message that is sent again after its acceptance is reflected to its sender alone")
    func room() throws {
        let scene = try Scene.inRoom()
        let xml = "<message to='#harbour%net@gw.test' type='groupchat' id='g1-1234567'><body>ahoy</body></message>"
        try scene.receive(from: "anna@home.test/a", xml)
        let id = try scene.takeRequest().id
        try scene.receive(from: "anna@home.test/a", xml)
        #expect(scene.messages.isEmpty, "the network has not answered")
        scene.event(.outcome(id, .accepted(as: nil)), network: "net")
        #expect(scene.messages.count == 1)
        scene.forget()
        try scene.receive(from: "anna@home.test/a", xml)
        #expect(scene.takeRequests().isEmpty)
        #expect(scene.messages.map { $0.body } == ["ahoy"] && scene.messages[0].head.id == "g1-1234567")
    }
}
