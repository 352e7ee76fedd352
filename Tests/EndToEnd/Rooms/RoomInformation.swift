import ServerRig
import Testing

extension Rooms {
    @Test("a room says that its ids are stable, and which other conventions it keeps", arguments: Plan.Network.allCases)
    func roomFeatures(network: Plan.Network) async throws {
        let meeting = try await Meeting.begin(on: network, in: Stage.deployment)
        // The features that depend on modes are known when the server has told the modes.
        let known = try await poll("the modes of the room") {
            let known = try await features(of: meeting.room, for: meeting.alice)
            return known.isDisjoint(with: ["muc_public", "muc_hidden"]) ? nil : known
        }
        let expected: Set = [
            "http://jabber.org/protocol/muc", "http://jabber.org/protocol/muc#stable_id", "urn:xmpp:sid:0",
            "urn:xmpp:occupant-id:0", "muc_semianonymous", "urn:xmpp:ping",
        ]
        #expect(known.isSuperset(of: expected), "\(expected.subtracting(known))")
        // Exactly one of each pair is there, because Movim takes an address for a room only then.
        for pair in [["muc_public", "muc_hidden"], ["muc_persistent", "muc_temporary"]] {
            #expect(known.intersection(pair).count == 1)
        }
        try await meeting.end()
    }

    @Test("who is in a room is for its occupants alone")
    func occupantsInDiscovery() async throws {
        let meeting = try await Meeting.begin(on: .ngircd, in: Stage.deployment)
        let bea = try await meeting.deployment.user("bea")
        let items = "<query xmlns='http://jabber.org/protocol/disco#items'/>"
        let outside = try await bea.query("get", to: meeting.room, items)
        #expect(outside.child("query")?.all("item").isEmpty == true)
        let occupant = meeting.room + "/" + meeting.anna.nick
        #expect(try await bea.info(of: occupant).error == "modify/bad-request")
        #expect(try await meeting.alice.info(of: occupant).type == "result")
        #expect(try await meeting.alice.info(of: meeting.room + "/nobody").error == "cancel/item-not-found")
        try await meeting.end()
    }

    @Test("the form of a channel shows its modes as they are", arguments: Plan.Network.allCases)
    func formShowsModes(network: Plan.Network) async throws {
        let meeting = try await Meeting.begin(on: network, in: Stage.deployment)
        try meeting.anna.send("MODE \(meeting.channel) +om \(meeting.nick)")
        try meeting.anna.send("MODE \(meeting.channel) +l 17")
        try await meeting.alice.expect("the limit") { $0.body?.contains("+l 17") == true }
        let ask = "<query xmlns='http://jabber.org/protocol/muc#owner'/>"
        let form = try await meeting.alice.query("get", to: meeting.room, ask).child("query")?.child(
            "x", "jabber:x:data")
        let values = Dictionary(
            (form?.all("field") ?? []).map { ($0["var"] ?? "", $0.child("value")?.text ?? "") },
            uniquingKeysWith: { $1 })
        #expect(["1", "true"].contains(values["muc#roomconfig_moderatedroom"]))
        #expect(values["muc#roomconfig_maxusers"] == "17")
        #expect(["0", "false"].contains(values["muc#roomconfig_membersonly"]))
        try await meeting.end()
    }

    @Test("the last page of the channel list is there, and a page behind an unknown room is not")
    func pagesOfTheList() async throws {
        let deployment = try Stage.deployment
        let anna = try await deployment.ircUser("anna", on: .ngircd)
        for index in 0..<3 { try await anna.join(deployment.unique("#page\(index)")) }
        let alice = try await deployment.user("alice")
        try await alice.registerName(at: deployment.irc)
        let service = deployment.address(of: .ngircd)
        func page(_ set: String) async throws -> XMLNode {
            try await alice.query(
                "get", to: service,
                "<query xmlns='http://jabber.org/protocol/disco#items'><set xmlns='http://jabber.org/protocol/rsm'>\(set)</set></query>"
            )
        }
        let last = try await page("<max>2</max><before/>").child("query")
        #expect(last?.all("item").count == 2)
        let mark = last?.child("set")?.child("last")?.text ?? ""
        #expect(!mark.isEmpty && last?.all("item").last?["name"]?.lowercased().hasPrefix(mark) == true)
        let counted = try await page("<max>0</max>").child("query")
        #expect(
            counted?.all("item").isEmpty == true && Int(counted?.child("set")?.child("count")?.text ?? "") ?? 0 >= 3)
        #expect(
            try await page("<max>2</max><after>#never</after>").error
                == "cancel/item-not-found")
        anna.disconnect()
    }
}
