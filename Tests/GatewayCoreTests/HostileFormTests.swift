import GatewayKit
import Registry
import Testing
import XML
import XMPP

@testable import GatewayCore

/// Registration with wrong values: as legacy fields (XEP-0077), as a data form (XEP-0004) and as a command (XEP-0050).
@Suite("Forms with wrong fields")
struct HostileFormTests {
    /// The field with the number that Ben wants. `+15550100` is in use already.
    private static let right = "<field var='phone'><value>+15550111</value></field>"

    private enum Way: CaseIterable { case form, command }

    private func submit(_ fields: String, type: String = "submit", way: Way, in scene: Scene) throws -> IQ {
        let form = "<x xmlns='jabber:x:data' type='\(type)'>\(fields)</x>"
        return switch way {
        case .form: try ask(scene, "<query xmlns='jabber:iq:register'>\(form)</query>")
        case .command:
            try ask(
                scene,
                "<command xmlns='http://jabber.org/protocol/commands' node='register'>\(form)</command>")
        }
    }

    private func ask(_ scene: Scene, _ payload: String, from: String = "ben@home.test/b") throws -> IQ {
        scene.forget()
        try scene.receive(from: from, "<iq type='set' id='f'>\(payload)</iq>", to: "gw.test")
        try #require(scene.iqs.count == 1)
        return scene.iqs[0]
    }

    private static let wrong: [(fields: String, condition: StanzaError.Condition)] = [
        ("", .notAcceptable), ("<field var='phone'/>", .notAcceptable),
        ("<field var='phone'><value/></field>", .notAcceptable),
        ("<field><value>+15550111</value></field>", .notAcceptable),
        ("<field var='nonsense'><value>x</value></field>", .notAcceptable),
        ("<field var='phone'><value>+15550111</value><value>+15550112</value></field>", .badRequest),
        (right + "<field var='phone'><value>+15550112</value></field>", .badRequest),
        ("<field var='FORM_TYPE' type='hidden'><value>urn:other</value></field>" + right, .badRequest),
        ("<field var='phone'><value>+1555&#10;0111</value></field>", .notAcceptable),
        ("<field var='phone'><value>+15550111&#13;</value></field>", .notAcceptable),
        (right + "<field var='password'><value>a&#10;b</value></field>", .notAcceptable),
        (right + "<field var='password'><value>a&#x85;b</value></field>", .notAcceptable),
        (right + "<field var='password'><value>a&#x2028;b</value></field>", .notAcceptable),
        (
            right + "<field var='password'><value>\(String(repeating: "x", count: 4_097))</value></field>",
            .policyViolation
        ),
        ("<field var='phone'><value>\(String(repeating: "1", count: 500_000))</value></field>", .policyViolation),
        ("<field var='phone'><value>elephant</value></field>", .notAcceptable),
        ("<field var='phone'><value>+15550100</value></field>", .conflict),
    ]

    @Test("a wrong form is refused with a text, and nothing is stored", arguments: wrong.indices)
    func refused(index: Int) throws {
        let (fields, condition) = Self.wrong[index]
        let scene = try StoredDeliveryTests.scene()
        if condition == .conflict { scene.registryFailure = .conflict(key: "phone") }
        let answer = try submit(fields, way: .form, in: scene)
        #expect(answer.stanzaError?.condition == condition && answer.stanzaError?.text?.isEmpty == false)
        #expect(scene.saved("ben@home.test") == nil)
    }

    @Test("a command shows a wrong form again, with the words beside the field", arguments: wrong.indices)
    func shownAgain(index: Int) throws {
        let (fields, condition) = Self.wrong[index]
        let scene = try StoredDeliveryTests.scene()
        if condition == .conflict { scene.registryFailure = .conflict(key: "phone") }
        let answer = try submit(fields, way: .command, in: scene)
        #expect(scene.saved("ben@home.test") == nil)
        guard condition != .badRequest else {
            // No person can fill in such a form, only a faulty client.
            #expect(answer.stanzaError?.condition == .badRequest && answer.stanzaError?.text?.isEmpty == false)
            return
        }
        let command = try Command(try #require(answer.payload.first))
        #expect(command.status == .executing && command.actions?.allowed == [.complete])
        let words = try #require(command.notes.first)
        #expect(words.type == .error && !words.text.isEmpty)
        #expect(command.form?.fields.contains { $0.explanation == words.text } == true)
        #expect(command.form?["password"]?.values == [], "a secret is not shown")
        // The form can be corrected in the same session.
        scene.registryFailure = nil
        let id = try #require(command.sessionID)
        let form = "<x xmlns='jabber:x:data' type='submit'>\(Self.right)</x>"
        let corrected = try self.command(scene, "node='register' sessionid='\(id)'", form)
        #expect(try Command(try #require(corrected.payload.first)).status == .completed)
        #expect(scene.saved("ben@home.test") == ["phone": "+15550111"])
    }

    @Test("a refused registration names the field beside the condition")
    func namesField() throws {
        let scene = try StoredDeliveryTests.scene()
        let answer = try submit("", way: .form, in: scene)
        let field = answer.payload.first?.first("field", namespace: "jabber:x:data")
        #expect(answer.stanzaError?.condition == .notAcceptable && field?[attribute: "var"] == "phone")
    }

    @Test("unknown fields are ignored, and types of fields are not checked")
    func lenient() throws {
        let fields =
            "<field var='FORM_TYPE' type='hidden'><value>jabber:iq:register</value></field>"
            + "<field var='more' type='jid-multi'><value>a</value><value>b</value></field>"
            + "<field var='phone' type='list-multi'><value>+15550111</value></field><field type='fixed'/>"
            + "<field var='password' type='nonsense'><value/></field>"
        for way in Way.allCases {
            let scene = try StoredDeliveryTests.scene()
            #expect(try submit(fields, way: way, in: scene).type == .result)
            #expect(scene.saved("ben@home.test") == ["phone": "+15550111"])
        }
    }

    @Test("a cancelled form changes nothing, even on a network without required fields", arguments: ["", right])
    func cancelled(fields: String) throws {
        for way in Way.allCases {
            for scene in [try StoredDeliveryTests.scene(), try Scene.live()] {
                let before = scene.changes.count
                #expect(try submit(fields, type: "cancel", way: way, in: scene).type == .result)
                #expect(scene.changes.count == before)
            }
        }
    }

    @Test("a form that is not of type submit is a bad request", arguments: ["form", "result", "nonsense", ""])
    func wrongType(type: String) throws {
        for way in Way.allCases {
            let scene = try Scene.live()
            #expect(try submit("", type: type, way: way, in: scene).stanzaError?.condition == .badRequest)
            #expect(scene.changes.isEmpty)
        }
    }

    @Test(
        "legacy fields without a form are checked in the same way",
        arguments: [
            ("<phone/>", StanzaError.Condition.notAcceptable), ("<nick>x</nick>", .notAcceptable),
            ("<phone>+1555&#10;0111</phone>", .notAcceptable), ("<remove/><phone>+15550111</phone>", .badRequest),
            ("<remove/>", .registrationRequired), ("<x xmlns='jabber:x:data'/>", .badRequest),
        ])
    func legacy(fields: String, condition: StanzaError.Condition) throws {
        let scene = try StoredDeliveryTests.scene()
        let answer = try ask(scene, "<query xmlns='jabber:iq:register'>\(fields)</query>")
        #expect(answer.stanzaError?.condition == condition)
    }

    @Test("if both are sent, the form takes precedence over the legacy fields")
    func both() throws {
        let scene = try StoredDeliveryTests.scene()
        let form = "<x xmlns='jabber:x:data' type='submit'>\(Self.right)</x>"
        _ = try ask(scene, "<query xmlns='jabber:iq:register'><phone>+15550122</phone>\(form)</query>")
        #expect(scene.saved("ben@home.test") == ["phone": "+15550111"])
    }

    private func command(_ scene: Scene, _ attributes: String, _ inside: String = "", from: String = "ben@home.test/b")
        throws -> IQ
    {
        try ask(
            scene, "<command xmlns='http://jabber.org/protocol/commands' \(attributes)>\(inside)</command>", from: from)
    }

    @Test(
        "an unknown command or stage is refused",
        arguments: [
            ("node='nonsense'", StanzaError.Condition.itemNotFound), ("", .badRequest),
            ("node='register' action='nonsense'", .badRequest), ("node='register' action='prev'", .badRequest),
            ("node='register' action='next'", .badRequest), ("node='register' action='complete'", .badRequest),
            ("node='register' action='prev' sessionid='x'", .badRequest),
        ])
    func stages(attributes: String, condition: StanzaError.Condition) throws {
        let scene = try StoredDeliveryTests.scene()
        let answer = try command(scene, attributes)
        #expect(answer.stanzaError?.condition == condition)
        #expect(scene.saved("ben@home.test") == nil)
    }

    @Test("the session id of another user gives no access to that user's data")
    func foreignSession() throws {
        let scene = try StoredDeliveryTests.scene()
        let first = try Command(
            try #require(try command(scene, "node='register'", from: "anna@home.test/a").payload.first))
        #expect(first.form?.value("phone") == "+15550100")
        let session = try #require(first.sessionID)
        let form = "<x xmlns='jabber:x:data' type='submit'>\(Self.right)</x>"
        let answer = try command(scene, "node='register' action='complete' sessionid='\(session)'", form)
        #expect(answer.stanzaError?.condition == .badRequest)
        #expect(scene.saved("anna@home.test")?["phone"] == "+15550100")
        #expect(scene.saved("ben@home.test") == nil)
    }

    @Test("a saved secret is never shown again")
    func secret() throws {
        let scene = try StoredDeliveryTests.scene()
        let fields = Self.right + "<field var='password'><value>s3cret</value></field>"
        #expect(try submit(fields, way: .form, in: scene).type == .result)
        try scene.receive(
            from: "ben@home.test/b", "<iq type='get' id='g'><query xmlns='jabber:iq:register'/></iq>", to: "gw.test")
        _ = try command(scene, "node='register'")
        #expect(!scene.takeSent().joined().contains("s3cret"))
    }
}
