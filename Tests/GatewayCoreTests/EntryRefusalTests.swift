import Basics
import GatewayKit
import Testing
import XMPP

@testable import GatewayCore

@Suite("Clients that ask again and again to be let in")
struct EntryRefusalTests {
    private let refusal = Failure(.registrationRequired, "You must be invited (+i)")

    /// Asks for the entry. Returns whether the network was asked. The network refuses.
    private func ask(_ scene: Scene, password: String? = nil, _ failure: Failure? = nil) throws -> Bool {
        scene.forget()
        try scene.join(password: password)
        let requests = scene.takeRequests()
        for request in requests {
            scene.event(.outcome(request.id, .failed(failure ?? refusal)), network: "net")
        }
        #expect(scene.presences.compactMap(\.stanzaError).count == 1, "each request has its answer")
        return !requests.isEmpty
    }

    @Test("after three refusals the network is asked once a minute, and the client gets the answer each time")
    func repeated() throws {
        let scene = try Scene.live()
        let asked = try (0..<100).map { _ in
            defer { scene.advance(by: .seconds(2)) }
            return try ask(scene)
        }
        #expect(asked.prefix(4) == [true, true, true, false])
        #expect(asked.count { $0 } == 6)
        #expect(scene.presences.first?.stanzaError?.condition == .registrationRequired)
    }

    @Test("a password, an invitation and an entry open the way to the network at once")
    func changed() throws {
        let scene = try Scene.live()
        for _ in 0..<3 { #expect(try ask(scene)) }
        #expect(try !ask(scene))
        #expect(try ask(scene, password: "key"))
        scene.event(
            .room(Scene.room, .invited(Invitation(by: PeerAddress(network: LiveRules.network, name: "bob")))),
            network: "net")
        scene.forget()
        try scene.join()
        #expect(scene.takeRequests().count == 1)
        scene.joined()
        try scene.leave()
        scene.grantAll()
        #expect(try ask(scene))
    }

    @Test("a refusal that will soon be over is not kept", arguments: [Failure.Kind.remoteDown, .tooFast, .rateLimited])
    func passing(kind: Failure.Kind) throws {
        let scene = try Scene.live()
        for _ in 0..<5 { #expect(try ask(scene, Failure(kind, "Later."))) }
    }

    @Test("a client that goes round sixty closed rooms is stopped, too")
    func manyRooms() throws {
        let scene = try Scene.live()
        var asked = 0
        for _ in 0..<10 {
            for number in 0..<60 {
                try scene.receive(
                    from: "anna@home.test/a",
                    "<presence id='j' to='#c\(number)%net@gw.test/anna'><x xmlns='http://jabber.org/protocol/muc'/>"
                        + "</presence>")
                for request in scene.takeRequests() {
                    asked += 1
                    scene.event(.outcome(request.id, .failed(refusal)), network: "net")
                }
                scene.advance(by: .milliseconds(100))
            }
        }
        #expect(asked == 3 * 60)
    }

    @Test("refusals are not forgotten when many other users come")
    func manyUsers() throws {
        let scene = try Scene.live()
        for _ in 0..<3 { #expect(try ask(scene)) }
        for number in 0...3 * Users.most {
            try scene.receive(
                from: "u\(number)@home.test/x", "<iq type='get' id='p'><ping xmlns='urn:xmpp:ping'/></iq>",
                to: "gw.test")
        }
        #expect(try !ask(scene))
    }

    @Test("refusals that are over keep nobody loaded")
    func over() {
        var refusals = EntryRefusals()
        let start = Timestamp(secondsSince1970: 0)
        #expect(!refusals.areNeeded(now: start))
        refusals.add(refusal, of: Scene.room, now: start)
        #expect(refusals.areNeeded(now: start.advanced(by: .seconds(59))))
        #expect(!refusals.areNeeded(now: start.advanced(by: EntryRefusals.pause)))
    }

    @Test("the rooms of a user that are kept are bounded")
    func bounded() {
        var refusals = EntryRefusals()
        func room(_ number: Int) -> RoomAddress { RoomAddress(network: LiveRules.network, name: "#\(number)") }
        for number in 0...EntryRefusals.most {
            for _ in 0..<3 {
                refusals.add(refusal, of: room(number), now: Timestamp(secondsSince1970: Double(number)))
            }
        }
        let now = Timestamp(secondsSince1970: Double(EntryRefusals.most))
        #expect(refusals.answer(for: room(0), now: now) == nil)
        #expect(refusals.answer(for: room(EntryRefusals.most), now: now) == refusal)
    }
}
