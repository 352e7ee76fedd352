import ServerRig

/// The conversation of alice, who is on XMPP, with anna on IRC and with a phone.
struct Conversation {
    let world: Deployment
    let alice: XMPPUser
    let anna: IRCUser
    let channel = "#harbour"
    static let number = "+12025550100"
    static let phone = "+15551234567"

    private var room: String { world.address(channel, on: .ngircd) }
    private var contact: String { Self.phone + "@" + world.sms }

    func play(_ transcript: inout Transcript) async throws {
        try await channelLegs(&transcript)
        try await personLegs(&transcript)
        try await phoneLegs(&transcript)
    }

    private func channelLegs(_ transcript: inout Transcript) async throws {
        try await transcript.leg("alice enters the channel and sees who is there, and the topic") { tell in
            tell("alice  (XMPP) joins", room)
            let entry = try await alice.join(room, as: "alice")
            try await anna.expect("alice to join") { $0.command == "JOIN" && $0.source == "alice" }
            tell("anna    (IRC) sees", "alice has joined \(channel)")
            tell("alice  (XMPP) sees", entry.occupants.joined(separator: ", ") + " and herself")
            tell("alice  (XMPP) sees", "topic: \(entry.subject?.child("subject")?.text ?? "")")
        }
        try await transcript.leg("alice says something in the channel") { tell in
            let text = "Ahoy! Is the harbour open?"
            tell("alice  (XMPP) says", text)
            try alice.say(text, in: room)
            try await anna.expectMessage(text, from: "alice", to: channel)
            tell("anna    (IRC) sees", "<alice> \(text)")
            try await alice.expectSaid(text, by: "alice", in: room)
            tell("alice  (XMPP) sees", "her own words, now that IRC has them")
        }
        try await transcript.leg("anna answers") { tell in
            let text = "It is — mind the sandbank ⚓"
            tell("anna    (IRC) says", text)
            try anna.say(text, to: channel)
            try await alice.expectSaid(text, by: anna.nick, in: room)
            tell("alice  (XMPP) sees", "\(anna.nick): \(text)")
        }
        try await transcript.leg("alice changes her nick") { tell in
            tell("alice  (XMPP) becomes", "captain")
            try alice.send("<presence to='\(room)/captain'/>")
            try await anna.expect("the new nick") { $0.command == "NICK" && $0.last == "captain" }
            tell("anna    (IRC) sees", "alice is now known as captain")
            try await alice.expectOccupant("captain", in: room)
            tell("alice  (XMPP) sees", "herself as captain")
        }
    }

    private func personLegs(_ transcript: inout Transcript) async throws {
        let peer = world.address(anna.nick, on: .ngircd)
        try await transcript.leg("alice writes to anna in private") { tell in
            tell("alice  (XMPP) to", "\(peer): Which berth is free?")
            try alice.chat("Which berth is free?", to: peer)
            try await anna.expectMessage("Which berth is free?", from: "captain", to: anna.nick)
            tell("anna    (IRC) sees", "*captain* Which berth is free?")
        }
        try await transcript.leg("anna answers in private") { tell in
            tell("anna    (IRC) says", "Number seven.")
            try anna.say("Number seven.", to: "captain")
            try await alice.expectChat("Number seven.", from: peer)
            tell("alice  (XMPP) sees", "\(peer): Number seven.")
        }
    }

    private func phoneLegs(_ transcript: inout Transcript) async throws {
        try await transcript.leg("alice registers a phone number") { tell in
            tell("alice  (XMPP) asks for", "\(Self.number) at \(world.sms)")
            let answer = try await alice.register(with: world.sms, ["phone": Self.number])
            guard answer.type == "result" else { throw RigFailure("the gateway refused: \(answer)") }
            tell("alice  (XMPP) sees", "registered")
        }
        try await transcript.leg("alice adds a phone to her contacts") { tell in
            tell("alice  (XMPP) adds", contact)
            try alice.send("<presence type='subscribe' to='\(contact)'/>")
            for (kind, sender) in [("subscribed", contact), ("", contact + "/sms")] {
                try await alice.expect("the contact to agree") {
                    $0.name == "presence" && $0.from == sender && $0.type == kind
                }
            }
            tell("alice  (XMPP) sees", "the contact is there")
        }
        let phones = try world.phoneSide.phones
        try await transcript.leg("alice sends an SMS, and its delivery report becomes a receipt") { tell in
            tell("alice  (XMPP) writes", "Landed safely. Dinner at 8?")
            let id = try alice.chat("Landed safely. Dinner at 8?", to: contact, receipt: true)
            try await phones.expect("Landed safely. Dinner at 8?", from: Self.number, to: Self.phone)
            tell("the phone     sees", "SMS from \(Self.number): Landed safely. Dinner at 8?")
            try await alice.expect("the receipt", within: .seconds(30)) {
                $0.child("received", "urn:xmpp:receipts")?["id"] == id
            }
            tell("alice  (XMPP) sees", "delivered")
        }
        try await transcript.leg("the phone answers") { tell in
            tell("the phone     writes", "With pleasure!")
            try phones.send("With pleasure!", from: Self.phone, to: Self.number)
            try await alice.expectChat("With pleasure!", from: contact, within: .seconds(30))
            tell("alice  (XMPP) sees", "\(contact): With pleasure!")
        }
    }
}
