import GatewayKit
import GatewayTesting
import Registry
import Testing
import XML
import XMPP

@testable import GatewayCore

/// The types of messages (RFC 6121 §5.2.2) at every kind of address.
@Suite("The types of messages")
struct MessageTypeTests {
    private static let anna = "anna@home.test/a"

    /// The effect of a message.
    enum Effect: Equatable {
        case sent
        case answered
        case ignored
        case refused(StanzaError.Condition)
    }

    private static let types = ["", "normal", "chat", "headline", "groupchat", "error", "unknown"]

    /// The effect of a message of each type, in the order of `types`. A missing or unknown type is normal.
    static let table: [(address: String, effects: [Effect])] = [
        // A headline is a notice, which nobody answers. A groupchat goes to a room only (§8.5.2.1.1).
        (
            "gw.test",
            [.answered, .answered, .answered, .ignored, .refused(.serviceUnavailable), .ignored, .answered]
        ),
        (
            "net@gw.test",
            [.answered, .answered, .answered, .ignored, .refused(.serviceUnavailable), .ignored, .answered]
        ),
        ("bob%net@gw.test", [.sent, .sent, .sent, .sent, .refused(.serviceUnavailable), .ignored, .sent]),
        // XEP-0045 §7.4: a room takes groupchat alone. §7.5: an occupant takes anything else.
        (
            "#harbour%net@gw.test",
            [
                .refused(.badRequest), .refused(.badRequest), .refused(.badRequest), .refused(.badRequest), .sent,
                .ignored, .refused(.badRequest),
            ]
        ),
        ("#harbour%net@gw.test/Bob", [.sent, .sent, .sent, .sent, .refused(.badRequest), .ignored, .sent]),
        (
            "#quay%net@gw.test",
            [
                .refused(.badRequest), .refused(.badRequest), .refused(.badRequest), .refused(.badRequest),
                .refused(.notAcceptable), .ignored, .refused(.badRequest),
            ]
        ),
        (
            "#harbour%net@gw.test/nobody",
            [
                .refused(.itemNotFound), .refused(.itemNotFound), .refused(.itemNotFound), .refused(.itemNotFound),
                .refused(.badRequest), .ignored, .refused(.itemNotFound),
            ]
        ),
    ]

    @Test("each type has the effect that the address gives it", arguments: table.indices)
    func effects(row: Int) throws {
        let (address, effects) = Self.table[row]
        #expect(effects.count == Self.types.count)
        for (type, effect) in zip(Self.types, effects) {
            let scene = try Scene.inRoom()
            let attribute = type.isEmpty ? "" : " type='\(type)'"
            // An error that says that the client is gone would take the client out of the room.
            let error = type == "error" ? StanzaError(.badRequest).element.xml(defaultNamespace: "") : ""
            let xml = "<message id='m'\(attribute)><body>hello there</body>\(error)</message>"
            let answers = try scene.answers(to: xml, from: Self.anna, at: address).filter(\.isMessage)
            #expect(try self.effect(scene, answers) == effect, "\(type) to \(address)")
        }
    }

    private func effect(_ scene: Scene, _ answers: [Stanza]) throws -> Effect {
        if let error = answers.first?.stanzaError {
            #expect(answers.count == 1 && answers.first?.head.id == "m" && scene.requests.isEmpty)
            return .refused(error.condition)
        }
        guard let request = scene.requests.first?.request else { return answers.isEmpty ? .ignored : .answered }
        guard case .send = request.action else { return .answered }
        return .sent
    }

    @Test("a message to a stored address is sent as normal and chat, and refused as groupchat and headline")
    func stored() throws {
        let types: [(String, StanzaError.Condition?)] = [
            ("normal", nil), ("chat", nil), ("headline", .notAcceptable), ("groupchat", .serviceUnavailable),
        ]
        for (type, refusal) in types {
            let scene = try StoredDeliveryTests.scene()
            let xml = "<message id='m' type='\(type)'><body>x</body></message>"
            let answers = try scene.answers(to: xml, from: Self.anna, at: "+15550199@gw.test")
            #expect(scene.requests.count == (refusal == nil ? 1 : 0) && scene.ledger.count == scene.requests.count)
            #expect(answers.compactMap(\.stanzaError?.condition) == [refusal].compactMap(\.self))
            #expect(answers.allSatisfy { $0.stanzaError?.text?.isEmpty == false })
        }
    }

    private static let quote = "<body>> bob: six?\nat six</body><reply xmlns='urn:xmpp:reply:0' id='x'/>"

    @Test("the quote of an answered message is not sent, and all of the message is reflected (XEP-0461, XEP-0428)")
    func replies() throws {
        let scene = try Scene.inRoom()
        let fallback =
            "<fallback xmlns='urn:xmpp:fallback:0' for='urn:xmpp:reply:0'><body start='0' end='12'/></fallback>"
        for address in ["bob%net@gw.test", "#harbour%net@gw.test/Bob"] {
            let xml = "<message id='\(scene.newMessageID())' type='chat'>\(Self.quote)\(fallback)</message>"
            _ = try scene.answers(to: xml, from: Self.anna, at: address)
            guard case .send(.text(let text), _) = try scene.takeRequest().action else {
                Issue.record("no text")
                return
            }
            #expect(text.body == "at six")
        }
        let xml = "<message id='g' type='groupchat'>\(Self.quote)\(fallback)</message>"
        _ = try scene.answers(to: xml, from: Self.anna, at: "#harbour%net@gw.test")
        let request = try scene.takeRequest()
        #expect(request.action == .send(.text(Text("at six")), to: .room(Scene.room)))
        scene.event(.outcome(request.id, .accepted(as: nil)), network: "net")
        #expect(scene.messages.first?.body == "> bob: six?\nat six")
        #expect(scene.messages.first?.first("fallback", namespace: "urn:xmpp:fallback:0") != nil)
    }

    @Test("the fallback of a sticker says the same, and is sent")
    func unknownFallback() throws {
        let scene = try Scene.live()
        let xml =
            "<message id='m' type='chat'><body>[sticker]</body>"
            + "<fallback xmlns='urn:xmpp:fallback:0' for='urn:xmpp:stickers:0'/></message>"
        _ = try scene.answers(to: xml, from: Self.anna, at: "bob%net@gw.test")
        #expect(try scene.takeRequest().action == .send(.text(Text("[sticker]")), to: .peer(Self.bob)))
    }

    private static let bob = PeerAddress(network: LiveRules.network, name: "bob")

    @Test("a command behind a quote is a command, and a text with two slashes is said with one")
    func commandBehindQuote() throws {
        let scene = try Scene.inRoom(commands: true)
        for (body, expected) in [("/topic Tea", nil), ("//not a command", "/not a command")] as [(String, String?)] {
            let xml =
                "<message id='\(scene.newMessageID())' type='chat'><body>> hi\n\(body)</body>"
                + "<fallback xmlns='urn:xmpp:fallback:0' for='urn:xmpp:reply:0'><body start='0' end='5'/></fallback>"
                + "</message>"
            _ = try scene.answers(to: xml, from: Self.anna, at: "bob%net@gw.test")
            let action = try scene.takeRequest().action
            if let expected {
                #expect(action == .send(.text(Text(expected)), to: .peer(Self.bob)))
            } else {
                #expect(action == .ask(.command("topic Tea", at: .peer(Self.bob))))
            }
        }
    }

    // MARK: Hints

    private func text(_ scene: Scene, _ hint: String, id: String = "m") throws {
        let xml = "<message id='\(id)' type='chat'><body>secret</body><\(hint) xmlns='urn:xmpp:hints'/></message>"
        _ = try scene.answers(to: xml, from: Self.anna, at: "+15550199@gw.test")
    }

    @Test("the text of a message that is not to be stored never reaches the registry, and is sent and tried again")
    func noStore() throws {
        let scene = try StoredDeliveryTests.scene()
        try text(scene, "no-store")
        for attempt in 0..<3 {
            let request = try scene.takeRequest()
            guard case .send(.text(let text), _) = request.action else {
                Issue.record("no text")
                return
            }
            #expect(text.body == "secret" && scene.ledger.values.allSatisfy { $0.text.isEmpty }, "attempt \(attempt)")
            let failure = Failure(.remoteDown, "away", retry: .after(.seconds(1)))
            scene.event(.outcome(request.id, .failed(failure)), network: "phone")
            scene.advance(by: .seconds(700))
        }
        let stored = scene.changes.compactMap { if case .appendOutbound(let entry) = $0 { entry.text } else { nil } }
        #expect(stored == [""])
    }

    @Test(
        "a message that was not to be stored and was not sent before a restart has failed, and its sender hears of it")
    func restart() throws {
        let account = AccountID(user: UserID("anna@home.test"), network: StoredRules.network)
        let now = Timestamp(secondsSince1970: 1_767_268_800)
        let entry = OutboundEntry(
            id: RequestID("r"), gateway: "gw.test", account: account, localpart: "+15550199", text: "",
            sender: Self.anna, recipient: "+15550199@gw.test", originID: "m", wantsReceipt: false, createdAt: now,
            updatedAt: now)
        let scene = try StoredDeliveryTests.scene([entry])
        #expect(scene.messages.map(\.head.id) == ["m"] && scene.messages.first?.stanzaError?.text?.isEmpty == false)
        #expect(scene.ledger.values.map(\.state) == [.failed] && scene.requests.isEmpty)
    }

    @Test(
        "a message that is not to be stored for good waits in the registry as any other",
        arguments: ["no-permanent-store", "no-copy"])
    func otherHints(hint: String) throws {
        let scene = try StoredDeliveryTests.scene()
        try text(scene, hint)
        let stored = scene.changes.compactMap { if case .appendOutbound(let entry) = $0 { entry.text } else { nil } }
        #expect(stored == ["secret"] && scene.requests.count == 1)
    }
}

extension Stanza {
    fileprivate var isMessage: Bool { if case .message = self { true } else { false } }
}
