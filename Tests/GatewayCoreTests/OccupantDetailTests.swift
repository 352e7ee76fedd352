import GatewayKit
import Testing
import XML
import XMPP

@testable import GatewayCore

@Suite("Details of occupants in room presence")
struct OccupantDetailTests {
    private func happen(_ event: RoomEvent, in scene: Scene) { scene.event(.room(Scene.room, event), network: "net") }

    private func occupant(
        _ nick: String, _ rank: Rank = .none, isFounder: Bool = false, details: OccupantDetails? = nil
    ) -> Occupant {
        Occupant(nick: nick, rank: rank, isFounder: isFounder, address: Scene.occupant(nick).address, details: details)
    }

    private func hats(_ presence: Presence?) throws -> [String]? {
        let element = presence?.payload.first { $0.namespace == Hats.namespace }
        return try element.map { try Hats($0).hats.map(\.title) }
    }

    @Test("an occupant who is away has show and status, and has neither when back")
    func away() throws {
        let scene = try Scene.inRoom()
        happen(.occupantJoined(Scene.occupant("carl")), in: scene)
        scene.forget()
        happen(
            .occupantChanged(occupant("carl", details: OccupantDetails(availability: .away("lunch & tea")))), in: scene)
        let xml = try #require(scene.takeSent().first)
        #expect(xml.contains("<show>away</show><status>lunch &amp; tea</status>"))
        #expect(xml.contains("occupant-id") && xml.contains("role='participant'"))
        happen(.occupantChanged(occupant("carl", details: OccupantDetails(availability: .away(nil)))), in: scene)
        #expect(scene.presences.map(\.show) == [.away] && scene.presences.map(\.status) == [nil])
        scene.forget()
        happen(.occupantChanged(occupant("carl", details: OccupantDetails())), in: scene)
        #expect(scene.presences.map(\.show) == [nil] && scene.presences.map(\.type) == [.available])
    }

    @Test("a change that members are not shown sends nothing")
    func unshown() throws {
        let scene = try Scene.inRoom()
        happen(.occupantJoined(occupant("carl", details: OccupantDetails(account: "c"))), in: scene)
        scene.forget()
        happen(.occupantChanged(occupant("carl", details: OccupantDetails(account: "d"))), in: scene)
        happen(.occupantChanged(occupant("carl", details: OccupantDetails(account: "d"))), in: scene)
        #expect(scene.sent.isEmpty)
        happen(.occupantChanged(occupant("carl", details: OccupantDetails())), in: scene)
        happen(.occupantChanged(occupant("carl")), in: scene)
        #expect(scene.presences.count == 1)
    }

    static let worn: [(Bool, OccupantDetails?, [String]?)] = [
        (false, nil, nil), (false, OccupantDetails(availability: .away("x")), nil),
        (true, nil, ["Founder"]), (false, OccupantDetails(account: "a"), ["Registered"]),
        (false, OccupantDetails(marks: .bot), ["Bot"]), (false, OccupantDetails(marks: .staff), ["Network operator"]),
        (
            true, OccupantDetails(account: "a", marks: [.bot, .staff]),
            ["Founder", "Network operator", "Bot", "Registered"]
        ),
    ]

    @Test("an occupant wears the hats that fit, and no element says that there are none", arguments: worn)
    func hats(isFounder: Bool, details: OccupantDetails?, titles: [String]?) throws {
        let scene = try Scene.inRoom()
        happen(.occupantJoined(occupant("carl", .owner, isFounder: isFounder, details: details)), in: scene)
        #expect(try hats(scene.presences.first) == titles)
    }

    @Test("the user's own presence and the welcome of another client show them, too")
    func own() throws {
        let scene = try Scene.inRoom()
        happen(.occupantChanged(occupant("anna", details: OccupantDetails(account: "a"))), in: scene)
        let user = try MUCUser(try #require(scene.presences.first?.payload.first))
        #expect(try hats(scene.presences.first) == ["Registered"] && user.statuses == [110])
        scene.forget()
        try scene.join("anna@home.test/b")
        #expect(try scene.presences.map { try hats($0) } == [nil, ["Registered"]])
    }

    @Test("rooms and the service advertise hats", arguments: ["gw.test", "net@gw.test", "#harbour%net@gw.test"])
    func advertised(address: String) throws {
        let scene = try Scene.inRoom()
        try scene.receive(
            from: "anna@home.test/a",
            "<iq type='get' id='i' to='\(address)'><query xmlns='http://jabber.org/protocol/disco#info'/></iq>")
        #expect(scene.takeSent().first?.contains("<feature var='urn:xmpp:hats:0'/>") == true)
    }

    @Test("an occupant whom a netsplit has cut off leaves with status 333 and the words")
    func cutOff() throws {
        let scene = try Scene.inRoom()
        happen(.occupantLeft(nick: "Bob", .cutOff(reason: "Netsplit (a b)")), in: scene)
        let gone = try #require(scene.presences.first)
        #expect(gone.type == .unavailable && gone.status == "Netsplit (a b)" && scene.presences.count == 1)
        #expect(try MUCUser(try #require(gone.payload.first)).statuses == [333])
    }

    @Test("after a break of the network, details hold until the network tells others")
    func afterBreak() throws {
        let scene = try Scene.inRoom()
        let away = OccupantDetails(availability: .away("x"), account: "b")
        happen(.occupantChanged(occupant("Bob", .operator, details: away)), in: scene)
        happen(.left(.disconnected(reason: "It broke.")), in: scene)
        scene.forget()
        scene.joined()
        #expect(scene.presences.isEmpty)
        happen(.occupantChanged(occupant("Bob", .operator, details: OccupantDetails())), in: scene)
        #expect(scene.presences.map(\.show) == [nil])
    }

    @Test("a change while the stream to the home server is broken is shown afterwards")
    func whileBroken() throws {
        let scene = try Scene.inRoom()
        scene.post(.linkClosed)
        happen(
            .occupantChanged(occupant("Bob", .operator, details: OccupantDetails(availability: .away("x")))), in: scene)
        scene.forget()
        scene.post(.linkOpened)
        for (ping, tag) in scene.queries { scene.post(.answered(tag, ping.result())) }
        #expect(scene.presences.map(\.show) == [.away])
    }

    /// A debug build is many times slower than a release build, whose limit the test names.
    #if DEBUG
        private static let allowance = 50
    #else
        private static let allowance = 1
    #endif

    @Test("20,000 occupants who are cut off and come back cost two presences each, and half a second at most")
    func netsplit() throws {
        let many = 20_000
        let scene = try Scene.inRoom()
        for number in 0..<many { happen(.occupantJoined(Scene.occupant("guest\(number)")), in: scene) }
        scene.forget()
        let departure = Departure.cutOff(reason: "Netsplit (a b)")
        let time = ContinuousClock().measure {
            for number in 0..<many { happen(.occupantLeft(nick: "guest\(number)", departure), in: scene) }
            for number in 0..<many { happen(.occupantJoined(Scene.occupant("guest\(number)")), in: scene) }
        }
        #expect(scene.presences.count == 2 * many)
        #expect(time < .milliseconds(500) * Self.allowance)
    }
}
