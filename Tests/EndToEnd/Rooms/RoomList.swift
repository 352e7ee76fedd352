import ServerRig
import Testing

extension Rooms {
    @Test(
        "the list of a network's channels comes in pages, with names, numbers and topics",
        arguments: Plan.Network.allCases)
    func roomList(network: Plan.Network) async throws {
        let deployment = try Stage.deployment
        let anna = try await deployment.ircUser("anna", on: network)
        let channels = (0..<5).map { deployment.unique("#list\($0)") }
        for channel in channels {
            try await anna.join(channel)
            try await anna.ask("TOPIC \(channel) :About \(channel)", answer: "TOPIC")
        }
        // Alice has no connection to the network: the gateway connects for the list.
        let alice = try await deployment.user("alice")
        let service = deployment.address(of: network)

        var found: [String: String] = [:]
        var after = ""
        var count: String?
        while true {
            let query = "<query xmlns='http://jabber.org/protocol/disco#items'>"
            let set = "<set xmlns='http://jabber.org/protocol/rsm'><max>3</max>\(after)</set></query>"
            let answer = try await alice.query("get", to: service, query + set)
            let page = try #require(answer.child("query"))
            let items = page.all("item")
            #expect(items.count <= 3)
            for item in items { found[item["jid"] ?? ""] = item["name"] }
            let mark = try #require(page.child("set"))
            count = mark.child("count")?.text
            guard let last = mark.child("last")?.text else { break }
            after = "<after>\(last.xmlEscaped)</after>"
        }
        for channel in channels {
            #expect(found[deployment.address(channel, on: network)] == "\(channel) (1): About \(channel)")
        }
        #expect(count == "\(found.count)")
        anna.disconnect()
    }
}
