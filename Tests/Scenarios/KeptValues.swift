import Foundation
import GatewayKit
import GatewayTesting
import Registry
import SQLiteStore
import Testing
import XMPP

/// Runs the core with a real registry and a simulated chat network. A restart is a new core on the same registry.
@Suite("Values that are kept through restarts")
struct KeptValues {
    private let registry: any Store
    private let ids = CountedIDs()

    init() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "martlet-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        registry = try SQLiteStore(path: folder.appending(path: "registry.sqlite").path)
    }

    private func run(_ network: ChatNetwork) async throws -> Gateway {
        let gateway = try await Gateway(network, registry: registry, ids: ids)
        try await gateway.receive(
            from: "anna@home.test/a",
            "<presence to='#quay%net@gw.test/anna'><x xmlns='http://jabber.org/protocol/muc'/></presence>")
        return gateway
    }

    @Test("a greeting is shown once, through two restarts, and again when it has changed")
    func greeting() async throws {
        let network = ChatNetwork()
        #expect(try await run(network).messages.map(\.body) == ["Message of the day of net:\nHello"])
        #expect(try await run(network).messages.isEmpty)
        network.greeting = "Good day"
        #expect(try await run(network).messages.map(\.body) == ["Message of the day of net:\nGood day"])
        #expect(try await run(network).messages.isEmpty)
    }

    @Test("settings for a room are there after a restart, for the adapter and in the form")
    func roomSettings() async throws {
        let network = ChatNetwork()
        let first = try await run(network)
        try await first.receive(
            from: "anna@home.test/a",
            "<iq type='set' id='c' to='#quay%net@gw.test'>"
                + "<command xmlns='http://jabber.org/protocol/commands' node='configure'>"
                + "<x xmlns='jabber:x:data' type='submit'><field var='tint'><value>red</value></field></x></command></iq>"
        )
        #expect(first.iqs.map(\.type) == [.result] && network.preferred == [["tint": "red"]])
        let second = try await run(network)
        #expect(network.opened.map(\.roomSettings) == [[:], [ChatNetwork.room: ["tint": "red"]]])
        try await second.receive(
            from: "anna@home.test/a",
            "<iq type='set' id='c' to='#quay%net@gw.test'>"
                + "<command xmlns='http://jabber.org/protocol/commands' node='configure'/></iq>")
        let command = try Command(try #require(second.iqs.first?.payload.first))
        #expect(command.form?.value("tint") == "red")
    }

    @Test("a value of the adapter comes back at the start, until it is removed")
    func adapter() async throws {
        let network = ChatNetwork()
        network.keeps = "1"
        _ = try await run(network)
        #expect(network.recalled.isEmpty)
        network.keeps = nil
        _ = try await run(network)
        #expect(network.recalled == [["k": "1"]])
        _ = try await run(network)
        #expect(network.recalled == [["k": "1"]])
    }
}
