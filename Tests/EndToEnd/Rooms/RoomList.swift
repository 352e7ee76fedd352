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
        // Alice has no connection to the network: the gateway connects for the list, because she is registered.
        let alice = try await deployment.user("alice")
        let early = try await alice.query(
            "get", to: deployment.address(of: network), "<query xmlns='http://jabber.org/protocol/disco#items'/>")
        #expect(early.error == "auth/registration-required")
        try await alice.registerName(at: deployment.irc)
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

    @Test("a search finds channels by the words of their topics (XEP-0433)", arguments: Plan.Network.allCases)
    func search(network: Plan.Network) async throws {
        let deployment = try Stage.deployment
        let anna = try await deployment.ircUser("anna", on: network)
        let word = deployment.unique("word") + "z"
        let teapot = deployment.unique("#teapot")
        let topics = [
            (teapot, "Green \(word)"), (deployment.unique("#kettle"), "black \(word)"),
            (deployment.unique("#cup"), "green"),
        ]
        for (channel, topic) in topics {
            try await anna.join(channel)
            try await anna.ask("TOPIC \(channel) :\(topic)", answer: "TOPIC")
        }
        let alice = try await deployment.user("alice")
        let service = deployment.address(of: network)
        #expect(
            try await alice.info(of: service).child("query")?.all("feature")
                .contains { $0["var"] == "urn:xmpp:channel-search:0:search" } == true)
        let answer = try await alice.query(
            "get", to: service,
            """
            <search xmlns='urn:xmpp:channel-search:0:search'><x xmlns='jabber:x:data' type='submit'>\
            <field var='FORM_TYPE'><value>urn:xmpp:channel-search:0:search-params</value></field>\
            <field var='q'><value>\(word.uppercased()) green</value></field></x></search>
            """)
        let items = try #require(answer.child("result")).all("item")
        #expect(items.map { $0["address"] } == [deployment.address(teapot, on: network)])
        #expect(items.first?.child("nusers")?.text == "1")
        #expect(items.first?.child("description")?.text == "Green \(word)")
        anna.disconnect()
    }
}

extension XMPPUser {
    /// Registers with the IRC gateway, with nothing but a real name.
    func registerName(at gateway: String) async throws {
        let form =
            "<x xmlns='jabber:x:data' type='submit'><field var='realname'><value>Alice</value></field></x>"
        let answer = try await query("set", to: gateway, "<query xmlns='jabber:iq:register'>\(form)</query>")
        #expect(answer.type == "result")
    }
}
