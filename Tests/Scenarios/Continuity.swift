import Foundation
import GatewayKit
import GatewayTesting
import Registry
import SQLiteStore
import Testing
import XMPP

/// Runs the core with a real registry and a simulated network, while parts of them fail and come back. A crash is a new
/// core on the same registry.
@Suite("A phone through crashes and outages")
struct Continuity {
    private let folder: URL
    private let registry: any Store
    private let ids = CountedIDs()

    init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "martlet-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        registry = try SQLiteStore(path: folder.appending(path: "registry.sqlite").path)
    }

    private func gateway(_ network: PhoneNetwork, clock: Gateway.Clock = Gateway.Clock()) async throws -> Gateway {
        try await Gateway(network, registry: registry, ids: ids, clock: clock)
    }

    private func register(_ gateway: Gateway, _ number: String = "+15550100", as user: String = "anna@home.test/a")
        async throws
    {
        try await gateway.receive(
            from: user,
            "<iq type='set' id='r' to='gw.test'><query xmlns='jabber:iq:register'><phone>\(number)</phone></query></iq>"
        )
    }

    private func write(_ gateway: Gateway, id: String = "m1") async throws {
        try await gateway.receive(
            from: "anna@home.test/a",
            "<message type='chat' id='\(id)' to='+15550199@gw.test'><body>\(id)</body>"
                + "<request xmlns='urn:xmpp:receipts'/></message>")
    }

    @Test("a registration survives a restart, and its number stays taken")
    func registration() async throws {
        let first = try await gateway(PhoneNetwork())
        try await register(first)
        #expect(first.iqs.map(\.type) == [.result])
        let network = PhoneNetwork()
        let second = try await gateway(network)
        try await register(second, as: "bob@home.test/b")
        #expect(second.iqs.last?.stanzaError?.condition == .conflict)
        try await write(second)
        #expect(network.taken.map(\.text) == ["m1"])
    }

    @Test("a message that waits when the program crashes is sent once after the restart")
    func waiting() async throws {
        let network = PhoneNetwork()
        network.behaviour = .isDown
        let first = try await gateway(network)
        try await register(first)
        try await write(first)
        network.behaviour = .takes
        let clock = Gateway.Clock()
        let second = try await gateway(network, clock: clock)
        await second.advance(by: .seconds(60))
        await second.advance(by: .seconds(3600))
        #expect(network.taken.map(\.text) == ["m1"])
    }

    @Test("a message whose outcome is lost in a crash is not sent again, and a late report still counts")
    func lostAnswer() async throws {
        let network = PhoneNetwork()
        network.behaviour = .neverAnswers
        let first = try await gateway(network)
        try await register(first)
        try await write(first)
        let id = try #require(network.taken.first?.id)
        let second = try await gateway(network)
        await second.advance(by: .seconds(60))
        #expect(network.taken.count == 1)
        #expect(second.messages.map(\.type) == [.error], "a first word: the message may or may not have arrived")
        let before = second.messages.count
        network.report(id, to: "+15550100") { _ in }
        await second.settle()
        #expect(
            try second.messages.dropFirst(before).map { try Receipt(try #require($0.payload.first)) } == [
                .received(id: "m1")
            ])
    }

    @Test("a receipt that the home server has not confirmed is sent again after a crash, but not after the next crash")
    func untoldReceipt() async throws {
        let network = PhoneNetwork()
        let first = try await gateway(network)
        try await register(first)
        try await write(first)
        let before = first.messages.count
        first.serverGoesDown()
        let id = try #require(network.taken.first?.id)
        network.report(id, to: "+15550100") { _ in }
        await first.settle()
        #expect(first.messages.count == before)
        let second = try await gateway(network)
        #expect(second.messages.count == 1)
        let third = try await gateway(network)
        #expect(third.messages.isEmpty)
    }

    @Test("a message from the network is acknowledged when it is on disk, and delivered after a crash")
    func inbound() async throws {
        let network = PhoneNetwork()
        let first = try await gateway(network)
        try await register(first)
        let before = first.messages.count
        first.serverGoesDown()
        var answers: [EventSink.StorageAnswer] = []
        network.write("hi", id: "p1", from: "+15550199", to: "+15550100") { answers.append($0) }
        #expect(answers.isEmpty, "nothing is on disk yet")
        await first.settle()
        #expect(answers == [.stored] && first.messages.count == before)

        let second = try await gateway(network)
        #expect(second.messages.map(\.body) == ["hi"])
        // The provider has not received the acknowledgement and sends the message again.
        network.write("hi", id: "p1", from: "+15550199", to: "+15550100") { answers.append($0) }
        await second.settle()
        #expect(answers == [.stored, .stored] && second.messages.count == 1)
    }

    @Test("unregistering leaves no data for the next run")
    func unregistering() async throws {
        let network = PhoneNetwork()
        network.behaviour = .isDown
        let first = try await gateway(network)
        try await register(first)
        try await first.receive(from: "anna@home.test", "<presence type='subscribe' to='+15550199@gw.test'/>")
        try await write(first)
        try await first.receive(
            from: "anna@home.test/a",
            "<iq type='set' id='u' to='gw.test'><query xmlns='jabber:iq:register'><remove/></query></iq>")
        let left = try await registry.snapshot(gateway: "gw.test", accounts: true)
        #expect(left == GatewaySnapshot())
    }
}
