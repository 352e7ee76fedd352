import GatewayKit
import Testing
import XML
import XMPP

@testable import GatewayCore

@Suite("Floods of queries")
struct QueryFloodTests {
    private func iq(_ type: IQ.Kind, id: String, to: String = "gw.test", payload: [Element]) throws -> Input {
        let head = StanzaHead(to: try JID(to), from: try JID("anna@home.test/a"), id: id)
        return .stanza(.iq(IQ(head, type: type, payload: payload)))
    }

    @Test("a hundred thousand unknown queries are answered once each, and leave no state")
    func unknown() throws {
        let scene = try Scene.live()
        let payload = [Element("query", namespace: "urn:unknown")]
        var answers: [String: Int] = [:]
        for number in 0..<100_000 {
            let target = ["gw.test", "net@gw.test", "bob%net@gw.test", "#r%net@gw.test", "#r%net@gw.test/x"][number % 5]
            scene.post(
                try iq(number.isMultiple(of: 2) ? .get : .set, id: "q\(number)", to: target, payload: payload))
            for answer in scene.iqs where answer.stanzaError?.condition == .serviceUnavailable {
                answers[answer.head.id ?? "", default: 0] += 1
            }
            scene.forget()
        }
        #expect(answers.count == 100_000 && answers.values.allSatisfy { $0 == 1 })
        #expect(scene.kept.isEmpty && scene.timers.count == 1 && scene.outbox.unfenced.isEmpty)
    }

    @Test("results and errors without a query are counted and not answered", arguments: [IQ.Kind.result, .error])
    func unasked(type: IQ.Kind) throws {
        let scene = try Scene.live()
        let payload = type == .error ? [StanzaError(.gone).element] : []
        for number in 0..<10_000 { scene.post(try iq(type, id: "q\(number)", payload: payload)) }
        #expect(scene.sent.isEmpty)
        #expect(scene.counted.count == 10_000 && scene.counted.allSatisfy { $0 == .stanzasIgnored })
    }

    @Test("queries with the same id are each answered")
    func sameID() throws {
        let scene = try Scene.live()
        for _ in 0..<1_000 { scene.post(try iq(.get, id: "same", payload: [Ping().element])) }
        #expect(scene.iqs.count == 1_000 && scene.iqs.allSatisfy { $0.type == .result && $0.head.id == "same" })
    }

    @Test("two kicks with the same id each get their own answer")
    func sameIDLater() throws {
        let scene = try Scene.inRoom()
        let kick = MUCAdmin(items: [MUC.Item(role: MUC.Role.none, nick: "Bob")]).element
        for _ in 0..<2 { scene.post(try iq(.set, id: "k", to: "#harbour%net@gw.test", payload: [kick])) }
        let asked = scene.takeRequests()
        scene.event(.outcome(asked[0].id, .accepted(as: nil)), network: "net")
        scene.event(.outcome(asked[1].id, .failed(Failure(.notFound, "gone already"))), network: "net")
        scene.event(.outcome(asked[1].id, .failed(Failure(.notFound, "gone already"))), network: "net")
        #expect(scene.iqs.map(\.type) == [.result, .error])
    }

    @Test("a request has exactly one payload (RFC 6120 §8.2.3)", arguments: ["", "<a xmlns='a'/><b xmlns='b'/>"])
    func payloads(inside: String) throws {
        let element = try Element(
            parsing: "<iq type='get' id='q' from='anna@home.test/a' to='gw.test'>\(inside)</iq>",
            defaultNamespace: Stanza.namespace)
        do {
            _ = try Stanza(element)
            Issue.record("read as a stanza")
        } catch {
            let reply = try IQ(try #require(error.reply))
            #expect(reply.stanzaError?.condition == .badRequest && reply.head.id == "q")
        }
    }

    @Test("a query without a payload is a bad request even if the parser lets it through")
    func empty() throws {
        let scene = try Scene.live()
        scene.post(try iq(.get, id: "q", payload: []))
        #expect(scene.iqs.map(\.stanzaError?.condition) == [.badRequest])
    }

    @Test("a known query is answered, whatever its content is")
    func garbage() throws {
        let scene = try Scene.live()
        let routes = scene.kernel.routes.queries.all
        #expect(routes.count > 10)
        for route in routes { try garbage(to: route) }
    }

    private func garbage(to route: QueryRoute) throws {
        let insides = [
            "", "<x/>", "<x xmlns='jabber:x:data'/>", "<item/>", "<item jid='@@'/>", "<prompt/>", "<remove/><nick/>",
            "<item nick='Bob' role='nonsense'/>", "<a><b><c><d/></c></b></a>", "text", "<query/>",
        ]
        for inside in insides {
            for to in ["gw.test", "net@gw.test", "bob%net@gw.test", "#harbour%net@gw.test", "#harbour%net@gw.test/Bob"]
            {
                let scene = try Scene.inRoom()
                try scene.receive(
                    from: "anna@home.test/a",
                    "<iq id='q' type='\(route.type.rawValue)'><\(route.name) xmlns='\(route.namespace)' node=''>"
                        + "\(inside)</\(route.name)></iq>", to: to)
                for request in scene.takeRequests() {
                    scene.event(.outcome(request.id, .accepted(as: nil)), network: "net")
                }
                #expect(scene.iqs.count == 1, "\(route.namespace) \(inside) to \(to)")
            }
        }
    }
}
