import GatewayKit
import Testing

@Suite("Capabilities")
struct CapabilitiesTests {
    private let net = NetworkID("net")
    private let texts = Capabilities([.text: .full, .topic: .partial, .typing: .dropped])

    @Test("An ability without a grade is rejected, and grades are ordered")
    func grades() {
        #expect(texts.text == .full && texts[.text] == .full)
        #expect(texts[.kick] == .rejected && Capabilities.none.text == .rejected)
        #expect(texts[.kick] < texts[.typing] && texts[.typing] < texts[.topic] && texts[.topic] < texts[.text])
    }

    @Test("Capabilities are equal if all their grades and limits are equal")
    func equality() {
        let same = Capabilities([.text: .full, .topic: .partial, .typing: .dropped])
        #expect(same == texts && texts == texts)
        #expect(Capabilities([.text: .full, .topic: .partial]) != texts)
        #expect(Capabilities([.text: .full, .topic: .full, .typing: .dropped]) != texts)
        let short = Capabilities([.text: .full], limits: Capabilities.Limits(textBytes: 4))
        #expect(short != Capabilities([.text: .full]) && short.limits.textBytes == 4)
    }

    @Test("Only a request whose ability is graded as dropped is dropped")
    func drops() {
        let room = RoomAddress(network: net, name: "#r")
        #expect(texts.drops(.send(.typing(.paused), to: .room(room))))
        #expect(!texts.drops(.send(.text(Text("x")), to: .room(room))))
        #expect(!texts.drops(.send(.read(upTo: MessageID("m")), to: .room(room))))
        #expect(!texts.drops(.leave(room, reason: nil)))
    }

    @Test("The narrowest scope decides, and after leaving a room the capabilities of all rooms hold for it")
    func scopes() {
        let (loud, quiet) = (RoomAddress(network: net, name: "#loud"), RoomAddress(network: net, name: "#quiet"))
        let (person, bot) = (PeerAddress(network: net, name: "ann"), PeerAddress(network: net, name: "bot"))
        var table = CapabilityTable(
            network: Capabilities([.nickChange: .full]), peers: texts, rooms: texts, kinds: ["bots": .none])
        table.set(.room(quiet), .none)
        func text(_ address: Address?) -> Capabilities.Grade {
            table.capabilities(of: address) { $0 == bot ? "bots" : nil }.text
        }
        #expect(
            [text(.peer(person)), text(.peer(bot)), text(.room(loud)), text(.room(quiet))] == [
                .full, .rejected, .full, .rejected,
            ])
        #expect(text(nil) == .rejected && table.capabilities(of: .network(net))[.nickChange] == .full)
        table.forget(quiet)
        #expect(text(.room(quiet)) == .full && text(.peer(bot)) == .rejected)
        table.set(.rooms, .none)
        #expect(text(.room(loud)) == .rejected && text(.peer(person)) == .full)
    }

    @Test("A table announces the capabilities of all its scopes")
    func announcing() {
        let table = CapabilityTable(network: .none, peers: texts, kinds: ["bots": .none])
        var heard = CapabilityTable(network: texts, rooms: texts)
        table.announce(
            to: EventSink { event, _ in
                if case .state(.capabilities(let scope, let capabilities)) = event { heard.set(scope, capabilities) }
            })
        #expect(heard == table)
    }
}
