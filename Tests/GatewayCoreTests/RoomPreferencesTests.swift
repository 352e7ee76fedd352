import GatewayKit
import GatewayTesting
import Registry
import Testing
import XML
import XMPP

@testable import GatewayCore

@Suite("A user's own settings for a room")
struct RoomPreferencesTests {
    private struct Rules: NetworkRules {
        let plain = LiveRules()
        var networks: [NetworkID] { plain.networks }
        var description: AdapterDescription {
            var description = plain.description
            description.roomForm = [FormField("tint", label: "Tint"), FormField("size", label: "Size")]
            return description
        }

        func address(localpart: String) throws(AddressError) -> Address { try plain.address(localpart: localpart) }
        func localpart(of address: Address) -> String { plain.localpart(of: address) }
        func normalize(_ typed: String) throws(AddressError) -> Address { try plain.normalize(typed) }
        func check(login values: [String: String]) throws(Failure) -> [String: String] { values }
        func network(for settings: [String: String]) -> NetworkID? { nil }
        func check(room values: [String: String]) throws(Failure) -> [String: String] {
            if values["tint"] == "none" { throw Failure(.notAcceptable, "There is no such tint.") }
            return values.mapValues { $0.lowercased() }
        }
    }

    private static let user = UserID("anna@home.test")
    private static let quay = RoomAddress(network: LiveRules.network, name: "#quay")

    private func scene(after other: Scene? = nil, rows: Int = 100) throws -> Scene {
        var limits = CoreSettings.Limits()
        limits.stanzasPerSecond = 0
        limits.rowsPerUser = rows
        let scene = try Scene(Rules(), limits: limits)
        scene.capabilities = Capabilities([.join: .full, .text: .full, .settings: .full, .preferences: .full])
        if let other { scene.store = other.store }
        return scene
    }

    /// Enters the room `#harbour` as an operator.
    private func enter(_ scene: Scene) throws {
        try scene.join()
        let everyone = [Scene.occupant("anna", .operator), Scene.occupant("Bob")]
        scene.event(
            .room(Scene.room, .joined(JoinedRoom(nick: "anna", occupants: everyone, topic: nil))), network: "net")
        scene.event(.outcome(try scene.takeRequest().id, .accepted(as: nil)), network: "net")
        scene.forget()
    }

    private func form(_ fields: [(String, String)]) -> String {
        DataForm(.submit, fields: fields.map { DataForm.Field($0, values: [$1]) })
            .element.xml(defaultNamespace: Stanza.namespace)
    }

    private func command(
        _ scene: Scene, _ content: String = "", session: String? = nil, at to: String = "#quay%net@gw.test"
    ) throws -> IQ {
        scene.forgetSent()
        let session = session.map { " sessionid='\($0)'" } ?? ""
        try scene.receive(
            from: "anna@home.test/a",
            "<iq type='set' id='c' to='\(to)'><command xmlns='http://jabber.org/protocol/commands' node='configure'"
                + "\(session)>\(content)</command></iq>")
        return try #require(scene.iqs.last)
    }

    private func configure(_ scene: Scene, _ fields: [(String, String)], at to: String = "#quay%net@gw.test") throws
        -> IQ
    {
        let first = try Command(try #require(try command(scene, at: to).payload.first))
        return try command(scene, form(fields), session: first.sessionID, at: to)
    }

    private func owner(_ scene: Scene, _ type: String, _ content: String = "") throws {
        scene.forgetSent()
        try scene.receive(
            from: "anna@home.test/a",
            "<iq type='\(type)' id='o'><query xmlns='\(MUCOwner.namespace)'>\(content)</query></iq>",
            to: "#harbour%net@gw.test")
    }

    private func kept(_ scene: Scene) -> [String: String] {
        let values = scene.store.record(of: Self.user).kept.filter { $0.purpose == .room }
        return Dictionary(uniqueKeysWithValues: values.map { ("\($0.place) \($0.key)", $0.value) })
    }

    @Test("the command is listed at rooms, shows what is saved, and saves what is filled in, also outside the room")
    func byCommand() throws {
        let scene = try scene()
        try scene.receive(
            from: "anna@home.test/a",
            "<iq type='get' id='l' to='#quay%net@gw.test'><query xmlns='http://jabber.org/protocol/disco#items'"
                + " node='http://jabber.org/protocol/commands'/></iq>")
        let listed = try DiscoItems(try #require(scene.iqs.first?.payload.first))
        #expect(listed.items.map(\.node) == ["configure"])
        let done = try Command(try #require(try configure(scene, [("tint", "RED"), ("size", "")]).payload.first))
        #expect(done.status == .completed && done.notes.first?.text.contains("#quay") == true)
        #expect(kept(scene) == ["#quay%net tint": "red"])
        let again = try Command(try #require(try command(scene).payload.first))
        #expect(again.form?.fields.map { "\($0.name ?? "")=\($0.values.first ?? "")" } == ["tint=red", "size="])
        #expect(scene.requests.isEmpty && scene.opened.isEmpty)
    }

    @Test("a network without such settings has no commands at its rooms")
    func none() throws {
        let scene = try Scene.live()
        #expect(try command(scene).type == .error)
        try scene.receive(
            from: "anna@home.test/a",
            "<iq type='get' id='d' to='#quay%net@gw.test'><query xmlns='http://jabber.org/protocol/disco#info'/></iq>")
        let info = try DiscoInfo(try #require(scene.iqs.last?.payload.first))
        #expect(!info.features.contains(Command.namespace))
    }

    @Test(
        "an open session is told at once; one that opens later, also after a restart, gets the settings with its account"
    )
    func adapter() throws {
        let scene = try scene()
        try enter(scene)
        _ = try configure(scene, [("tint", "red"), ("size", "9")])
        #expect(scene.takeRequests().map(\.action) == [.prefer(Self.quay, ["tint": "red", "size": "9"])])
        _ = try configure(scene, [("tint", "blue")])
        #expect(scene.takeRequests().map(\.action) == [.prefer(Self.quay, ["tint": "blue"])])
        #expect(kept(scene) == ["#quay%net tint": "blue"])
        let next = try self.scene(after: scene)
        try next.join()
        #expect(next.opened.map(\.roomSettings) == [[Self.quay: ["tint": "blue"]]])
        try next.receive(
            from: "anna@home.test/a",
            "<presence to='#pier%other@gw.test/anna'><x xmlns='http://jabber.org/protocol/muc'/></presence>")
        #expect(next.opened.last?.id.network == NetworkID("other") && next.opened.last?.roomSettings == [:])
    }

    @Test("an empty form removes the settings, and their rows are free again")
    func removal() throws {
        let scene = try scene(rows: 2)
        _ = try configure(scene, [("tint", "red"), ("size", "9")])
        #expect(
            try configure(scene, [("tint", "red")], at: "#pier%net@gw.test").stanzaError?.condition == .policyViolation)
        _ = try configure(scene, [])
        #expect(kept(scene).isEmpty)
        #expect(try configure(scene, [("tint", "red")], at: "#pier%net@gw.test").type == .result)
    }

    @Test("a value that cannot be is refused, and nothing is stored")
    func refused() throws {
        let scene = try scene()
        #expect(try configure(scene, [("tint", "none")]).stanzaError?.condition == .notAcceptable)
        let long = try configure(scene, [("tint", String(repeating: "x", count: 5_000))])
        #expect(try Command(try #require(long.payload.first)).form?["tint"]?.explanation?.contains("longer") == true)
        scene.registryFailure = .unavailable("full")
        #expect(try configure(scene, [("tint", "red")]).stanzaError?.condition == .resourceConstraint)
        scene.registryFailure = nil
        #expect(kept(scene).isEmpty)
        #expect(try configure(scene, [("tint", "red")]).type == .result)
    }

    @Test("the form of the operators has the same fields behind those of the network, and saves them")
    func byOwner() throws {
        let scene = try scene()
        try enter(scene)
        try owner(scene, "get")
        let settings = RoomSettings([.init("moderated", label: "M", value: .flag(true))])
        scene.event(.answer(try scene.takeRequest().id, .settings(settings)), network: "net")
        let answer = try MUCOwner(try #require(scene.iqs.first?.payload.first))
        let shown = try #require(answer.form)
        #expect(shown.fields.compactMap(\.name) == ["FORM_TYPE", "muc#roomconfig_moderatedroom", "tint", "size"])
        try owner(scene, "set", form([("tint", "red")]))
        #expect(scene.iqs.map(\.type) == [.result] && kept(scene) == ["#harbour%net tint": "red"])
        #expect(scene.takeRequests().map(\.action) == [.prefer(Scene.room, ["tint": "red"])])
    }

    @Test("a form with both is applied as a whole: the user's settings are kept when the network has taken the others")
    func both() throws {
        let scene = try scene()
        try enter(scene)
        let fields = [("muc#roomconfig_moderatedroom", "1"), ("tint", "red")]
        try owner(scene, "set", form(fields))
        let first = try scene.takeRequest()
        #expect(first.action == .room(Scene.room, .settings(["moderated": .flag(true)])))
        scene.event(.outcome(first.id, .failed(Failure(.forbidden, "no"))), network: "net")
        #expect(scene.iqs.map(\.type) == [.error] && kept(scene).isEmpty)
        try owner(scene, "set", form(fields))
        scene.event(.outcome(try scene.takeRequest().id, .accepted(as: nil)), network: "net")
        #expect(scene.iqs.map(\.type) == [.result] && kept(scene) == ["#harbour%net tint": "red"])
        try owner(scene, "set", form([("muc#roomconfig_moderatedroom", "1"), ("tint", "none")]))
        #expect(scene.iqs.map(\.stanzaError?.condition) == [.notAcceptable])
    }

    @Test("who is no operator uses the command, not the form of the operators")
    func guest() throws {
        let scene = try scene()
        try enter(scene)
        scene.event(.room(Scene.room, .occupantChanged(Scene.occupant("anna"))), network: "net")
        try owner(scene, "set", form([("tint", "red")]))
        #expect(scene.iqs.map(\.stanzaError?.condition) == [.forbidden] && kept(scene).isEmpty)
        #expect(try configure(scene, [("tint", "red")], at: "#harbour%net@gw.test").type == .result)
    }
}
