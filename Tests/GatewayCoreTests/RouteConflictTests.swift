import GatewayKit
import Testing
import XMPP

@testable import GatewayCore

@Suite("Two features cannot take the same route")
struct RouteConflictTests {
    struct Kind: Sendable, CustomTestStringConvertible {
        let testDescription: String
        /// Parts of the sentence that names the conflict.
        let words: [String]
        let register: @Sendable (inout Routes) -> Void

        init(_ kind: String, _ words: String..., register: @escaping @Sendable (inout Routes) -> Void) {
            testDescription = kind
            self.words = words
            self.register = register
        }
    }

    static let kinds: [Kind] = [
        Kind("query", "get <ping xmlns='urn:xmpp:ping'/>", "gateway") {
            $0.query(.get, "ping", Ping.namespace, on: .gateway) { _ in .answeredLater }
        },
        Kind("payload", "<ping xmlns='urn:xmpp:ping'/>", "peer") {
            $0.message("ping", Ping.namespace, as: Ping.self, to: .peer) { _, _, _, _ in }
        },
        Kind("messages", "messages", "room") { $0.messages(to: .room) { _, _, _ in } },
        Kind("presence", "probe", "network") { $0.presence([.probe], to: .network) { _, _, _ in } },
        Kind("content", "\(Ability.typing)") { $0.content(.typing) { _, _, _ in } },
        Kind("event", "roomText") { $0.events { $0.roomText = { _, _, _, _, _ in } } },
        Kind("notes", "notes of one") { $0.notes("one", NoteRoutes()) },
        Kind("slices", "slices of one") { $0.slices("one") { _, _ in true } },
        Kind("timer", "timer one") { $0.timer("one") {} },
        Kind("timer with a subject", "timer one") { $0.timer("one", about: Int.self) { _ in } },
    ]

    @Test("a route that is registered twice is a conflict, and its sentence names the route", arguments: kinds)
    func twice(_ kind: Kind) throws {
        var routes = Routes()
        kind.register(&routes)
        #expect(routes.conflicts == [])
        kind.register(&routes)
        let sentence = try #require(routes.conflicts.first)
        #expect(routes.conflicts.count == 1)
        for words in kind.words { #expect(sentence.contains(words)) }
    }

    @Test("the same route at different kinds of addresses is no conflict; each shared kind is one conflict")
    func addresses() {
        var routes = Routes()
        routes.presence([.available], to: [.room, .occupant]) { _, _, _ in }
        routes.presence([.available], to: [.gateway, .peer]) { _, _, _ in }
        routes.query(.get, "ping", Ping.namespace, on: .room) { _ in .answeredLater }
        routes.query(.set, "ping", Ping.namespace, on: .room) { _ in .answeredLater }
        routes.query(.get, "ping", Ping.namespace, on: .peer) { _ in .answeredLater }
        #expect(routes.conflicts == [])
        routes.query(.get, "ping", Ping.namespace, on: .all) { _ in .answeredLater }
        #expect(routes.conflicts.count == 2)
    }

    @Test("the taken events are those that have a handler")
    func events() {
        var events = EventRoutes()
        #expect(events.taken.isEmpty)
        events.peer = { _, _, _, _ in }
        events.mustWait = { _, _ in false }
        events.keep = { _, _, _ in }
        #expect(events.taken == ["peer", "mustWait", "keep"])
    }

    @Test("the features of the gateway share no route")
    func allFeatures() throws {
        for scene in [try Scene.live(), try Scene(StoredRules())] {
            #expect(scene.kernel.routes.conflicts == [])
            #expect(!scene.kernel.routes.timers.isEmpty && scene.kernel.routes.events.taken.count > 5)
        }
    }
}
