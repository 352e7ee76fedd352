import GatewayKit
import GatewayTesting
import Registry
import Testing
import XMPP

@testable import GatewayCore

/// The commands of operators.
@Suite("Commands of operators")
struct OperatorCommandTests {
    private static let ops = "ops@home.test/o"
    private static let disable = "http://jabber.org/protocol/admin#disable-user"
    private static let reenable = "http://jabber.org/protocol/admin#reenable-user"
    private static let announce = "http://jabber.org/protocol/admin#announce"

    private func scene(_ snapshot: GatewaySnapshot = GatewaySnapshot()) throws -> Scene {
        let scene = try Scene(StoredRules(), snapshot: snapshot, admins: ["ops@home.test"])
        for (user, number) in [("anna@home.test", "+15550100"), ("ben@home.test", "+15550101")] {
            _ = try scene.command("register", by: "\(user)/x", ["phone": [number]])
        }
        scene.forget()
        return scene
    }

    private func send(_ user: String, in scene: Scene) throws -> Message? {
        scene.forget()
        try scene.receive(from: user, "<message type='chat' id='s' to='+15550199@gw.test'><body>x</body></message>")
        return scene.messages.first
    }

    @Test("the commands of operators are hidden from and refused to everybody else")
    func hidden() throws {
        let scene = try scene()
        for node in [
            Self.disable, Self.reenable, Self.announce, "ban", "bans", "users", "queues", "drain", "acts", "assign",
            "metrics", "log-level",
        ] {
            #expect(try scene.execute(node).stanzaError?.condition == .forbidden, "\(node)")
            #expect(try scene.execute(node, by: Self.ops).stanzaError == nil, "\(node)")
        }
        #expect(try scene.chat("ban anna@home.test").first?.contains("is not a command") == true)
        #expect(Set(scene.store.acts.map(\.by)) == ["ops@home.test"])
    }

    @Test("a suspended user is refused with the reason, loses the session, and keeps the data")
    func suspend() throws {
        let scene = try scene()
        let done = try scene.command(
            Self.disable, by: Self.ops, ["accountjids": ["anna@home.test"], "reason": ["spam"]])
        #expect(done.words == ["Suspended: anna@home.test."])
        #expect(scene.closed.map(\.user) == [UserID("anna@home.test")])
        #expect(scene.closeReasons == ["Disconnected by the operator of the gateway"], "the reason is for the user")
        let refusal = try #require(try send("anna@home.test/x", in: scene)?.stanzaError)
        #expect(
            refusal.type == .auth && refusal.condition == .forbidden && refusal.text?.hasSuffix("Reason: spam") == true)
        #expect(scene.requests.isEmpty)
        _ = try send("ben@home.test/x", in: scene)
        #expect(scene.requests.count == 1, "others are not affected")
        #expect(scene.store.record(of: UserID("anna@home.test")).accounts.count == 1)
        let lifted = try scene.command(Self.reenable, by: Self.ops, ["accountjids": ["anna@home.test"]])
        #expect(lifted.words == ["Readmitted: anna@home.test."])
        _ = try send("anna@home.test/x", in: scene)
        #expect(scene.requests.count == 1)
    }

    @Test("a banned domain excludes all its users, also after a restart")
    func ban() throws {
        let scene = try scene()
        _ = try scene.command("ban", by: Self.ops, ["accountjids": ["evil.test", "ben@home.test"]])
        let again = try Scene(
            StoredRules(), snapshot: GatewaySnapshot(restrictions: Array(scene.store.restrictions.values)),
            admins: ["ops@home.test"])
        for scene in [scene, again] {
            for user in ["x@evil.test/a", "ben@home.test/x"] {
                #expect(try send(user, in: scene)?.stanzaError?.condition == .forbidden, "\(user)")
            }
            #expect(try send("x@sub.evil.test/a", in: scene)?.stanzaError?.condition == .registrationRequired)
        }
        let list = try again.command("bans", by: Self.ops)
        #expect(list.rows.map { $0.prefix(2) } == [["ben@home.test", "banned"], ["evil.test", "banned"]])
    }

    @Test("a message from the network to a suspended user finds nobody")
    func inbound() throws {
        let scene = try scene()
        _ = try scene.command(Self.disable, by: Self.ops, ["accountjids": ["anna@home.test"]])
        scene.post(.wanted(UniqueValue("phone", "+15550100"), SearchToken(1)))
        #expect(scene.findings[SearchToken(1)] == .nobody)
    }

    @Test("an operator cannot be excluded, a domain cannot be suspended, and only the excluded can be readmitted")
    func refused() throws {
        let scene = try scene()
        for (node, subject) in [
            (Self.disable, "ops@home.test"), ("ban", "ops@home.test"), (Self.disable, "home.test"),
            (Self.reenable, "anna@home.test"), ("ban", "no body"), ("ban", ""),
        ] {
            let answer = try scene.command(node, by: Self.ops, ["accountjids": [subject]])
            #expect(
                answer.status == .executing && answer.form?["accountjids"]?.explanation != nil, "\(node) \(subject)")
        }
        #expect(scene.store.restrictions.isEmpty)
    }

    @Test("users are listed and found by a part of their address")
    func users() throws {
        let scene = try scene()
        try scene.receive(from: "anna@home.test", "<presence type='subscribe' to='+15550199@gw.test'/>")
        #expect(
            try scene.command("users", by: Self.ops).rows == [
                ["anna@home.test", "registered", "1", "phone"],
                ["ben@home.test", "registered", "0", "phone"],
            ])
        #expect(try scene.command("users", by: Self.ops, ["text": ["BEN"]]).rows.map(\.first) == ["ben@home.test"])
        #expect(try scene.chat("users nobody", from: Self.ops) == ["No user was found."])
        #expect(
            try scene.chat("users anna", from: Self.ops) == ["One user:\nanna@home.test, registered, 1 contact, phone"])
    }

    @Test("'users' alone shows the first users, and 'more' or the next step of the form the others")
    func pagesOfUsers() throws {
        let scene = try scene()
        for number in 100..<550 {
            _ = try scene.command("register", by: "user\(number)@home.test/a", ["phone": ["+1555\(number)0000"]])
        }
        var bodies = try scene.chat("users", from: Self.ops)
        #expect(bodies.first?.hasPrefix("The first 200 users:\n") == true)
        #expect(bodies.last?.hasSuffix("Page 1. Send 'more' for the next page.") == true)
        for _ in 0..<10 where bodies.last?.contains("Send 'more'") == true {
            bodies += try scene.chat("more", from: Self.ops)
        }
        let rows = bodies.joined(separator: "\n").split(separator: "\n").filter { $0.hasPrefix("user") }
        #expect(rows.count == 450 && Set(rows).count == 450)
        var answer = try Command(try scene.execute("users", by: Self.ops, ["text": ["user"]]).payload[0])
        let session = answer.sessionID
        var users = answer.rows.map(\.first)
        for _ in 0..<10 where answer.status == .executing {
            answer = try Command(
                try scene.execute("users", by: Self.ops, session: session, action: "next").payload[0])
            users += answer.rows.map(\.first)
        }
        #expect(users.count == 450 && Set(users).count == 450)
    }

    @Test("an announcement goes to the connected users, or to all, each of whom gets it once")
    func announcement() throws {
        let scene = try scene()
        let done = try scene.command(Self.announce, by: Self.ops, ["announcement": ["Maintenance", "at noon"]])
        #expect(done.words == ["The announcement is being sent to all registered users."])
        #expect(scene.messages.map(\.body) == ["Maintenance\nat noon", "Maintenance\nat noon"])
        scene.advance(by: .zero)
        let all = try scene.command(
            Self.announce, by: Self.ops, ["announcement": ["x"], "audience": ["all"]])
        #expect(all.status == .completed)
        #expect(scene.messages.compactMap { $0.head.to?.description } == ["anna@home.test", "ben@home.test"])
    }

    @Test("an announcement to the connected users reaches registered users who are not loaded, and nobody else")
    func announcementToUnloaded() throws {
        let contact = ContactRecord(gateway: "gw.test", user: UserID("ben@home.test"), localpart: "")
        let scene = try Scene(
            StoredRules(), snapshot: GatewaySnapshot(accounts: [StoredDeliveryTests.account]), contacts: [contact],
            admins: ["ops@home.test"])
        #expect(scene.kernel.users.loaded.isEmpty)
        _ = try scene.command(Self.announce, by: Self.ops, ["announcement": ["x"]])
        #expect(scene.messages.compactMap { $0.head.to?.description } == ["anna@home.test"])
    }

    @Test("a long announcement goes on after a break of the stream, to users who may use the gateway, each once")
    func longAnnouncement() throws {
        let scene = try scene()
        for number in 0..<600 {
            _ = try scene.command("register", by: "u\(number)@home.test/x", ["phone": ["+1777\(1_000_000 + number)"]])
        }
        _ = try scene.command("ban", by: Self.ops, ["accountjids": ["u7@home.test"]])
        scene.doesSlicesAtOnce = false
        _ = try scene.command(Self.announce, by: Self.ops, ["announcement": ["x"], "audience": ["all"]])
        #expect(scene.messages.isEmpty, "the slice waits for its turn")
        // By id, because the stanzas that are not proven come again after a reconnect.
        var told: [String: JID] = [:]
        func note() { for message in scene.messages { told[message.head.id ?? ""] = message.head.to } }
        scene.forget()
        scene.fireTimer(at: try #require(scene.timers.firstIndex { $0.tag.timer == JobRunner.sliceTimer }))
        note()
        #expect(!told.isEmpty && told.count < 600)
        // The stream breaks while the next page is being read.
        scene.answersReads = false
        while let slice = scene.timers.firstIndex(where: { $0.tag.timer == JobRunner.sliceTimer }) {
            scene.fireTimer(at: slice)
        }
        scene.post(.linkClosed)
        scene.post(.linkOpened)
        scene.doesSlicesAtOnce = true
        scene.advance(by: .zero)
        scene.answersReads = true
        scene.answerReads()
        scene.advance(by: .zero)
        note()
        let banned = try JID("u7@home.test")
        #expect(told.count == 601 && Set(told.values).count == 601 && !told.values.contains(banned))
        #expect(scene.logged.contains("an announcement was sent"))
    }

    @Test("the queue is shown, and is drained by giving up, which tells the senders")
    func queues() throws {
        let scene = try scene()
        #expect(try scene.command("queues", by: Self.ops).words == ["No message waits."])
        _ = try send("anna@home.test/x", in: scene)
        let away = Failure(.remoteDown, "away", retry: .after(.seconds(600)))
        scene.event(.outcome(try scene.takeRequest().id, .failed(away)), network: "phone")
        let rows = try scene.command("queues", by: Self.ops).rows
        #expect(rows.first?.prefix(3) == ["phone", "1", "wait to be sent"])
        let shown = try scene.chat("queues", from: Self.ops).joined(separator: "\n")
        #expect(shown.hasSuffix("\nfrom anna@home.test since 2026-01-01T12:00:00Z, 1 attempt"))
        let other = try scene.command("drain", by: Self.ops, ["action": ["give-up"], "jid": ["ben@home.test"]])
        #expect(other.words == ["No message waits."])
        let done = try scene.command("drain", by: Self.ops, ["action": ["give-up"]])
        #expect(done.words == ["One message is being given up."])
        #expect(scene.messages.map(\.head.id) == ["s"] && scene.messages.first?.type == .error)
        #expect(scene.ledger.values.map(\.state) == [.failed])
    }

    @Test("draining by sending hands the waiting messages over at once")
    func sendNow() throws {
        let scene = try scene()
        _ = try send("anna@home.test/x", in: scene)
        let away = Failure(.remoteDown, "away", retry: .after(.seconds(600)))
        scene.event(.outcome(try scene.takeRequest().id, .failed(away)), network: "phone")
        _ = try scene.command("drain", by: Self.ops, ["action": ["send"]])
        let requests = scene.takeRequests()
        #expect(requests.map(\.action.ability) == [nil, .text])
        #expect(requests.first?.action == .resume, "what the session has paused goes on first")
    }

    @Test("one message of those that wait can be given up, and the next one to the same person goes on")
    func giveUpOne() throws {
        let scene = try scene()
        for text in ["one", "two"] {
            try scene.receive(
                from: "anna@home.test/x",
                "<message type='chat' id='\(text)'><body>\(text)</body></message>", to: "+15550199@gw.test")
        }
        let away = Failure(.remoteDown, "away", retry: .after(.seconds(600)))
        let first = try scene.takeRequest()
        scene.event(.outcome(first.id, .failed(away)), network: "phone")
        let done = try scene.command(
            "drain", by: Self.ops, ["action": ["give-up"], "message": [first.id.rawValue]])
        #expect(done.words == ["One message is being given up."])
        #expect(scene.messages.map(\.head.id) == ["one"])
        #expect(try scene.takeRequest().action == .send(.text(Text("two")), to: try #require(first.action.address)))
    }

    @Test("the level of the log and the counters are asked of the program")
    func program() throws {
        let scene = try scene()
        #expect(
            try scene.command("log-level", by: Self.ops, ["level": ["debug"]]).words == ["an answer of the program"])
        _ = try scene.command("log-level", by: Self.ops, ["level": ["configured"]])
        _ = try scene.command("metrics", by: Self.ops)
        #expect(scene.programRequests == [.logLevel("debug"), .logLevel(nil), .metrics])
        #expect(try scene.command("log-level", by: Self.ops, ["level": ["loud"]]).status == .executing)
    }

    @Test("the log and the counters of the program are for the operators of the program alone")
    func programOperators() throws {
        let scene = try Scene(StoredRules(), admins: ["ops@home.test"]) { settings in
            settings.isProgramAdmin = { $0.bare.description == "root@home.test" }
        }
        for node in ["log-level", "metrics"] {
            #expect(try scene.execute(node, by: Self.ops).stanzaError?.condition == .forbidden, "\(node)")
            #expect(try scene.execute(node, by: "root@home.test/r").stanzaError == nil, "\(node)")
        }
    }

    @Test("every command of an operator is on record, without secrets")
    func record() throws {
        let scene = try scene()
        _ = try scene.command("ban", by: Self.ops, ["accountjids": ["evil.test"], "reason": ["spam"]])
        _ = try scene.command(
            "assign", by: Self.ops, ["user-jid": ["cid@home.test"], "phone": ["+15550102"], "password": ["s3cret"]])
        _ = try scene.command(Self.announce, by: Self.ops, ["announcement": ["Dear all,", "good-bye"]])
        let shown = try scene.command("acts", by: Self.ops).rows.map { Array($0.dropFirst()) }
        #expect(
            shown == [
                ["ops@home.test", "acts", ""],
                ["ops@home.test", "announce", "announcement=(2 lines)"],
                ["ops@home.test", "assign", "password=(secret), phone=+15550102, user-jid=cid@home.test"],
                ["ops@home.test", "ban", "accountjids=evil.test, reason=spam"],
            ])
        #expect(scene.logged.contains("an operator executes a command"))
    }

    @Test("while a user unregisters, the operator is told so, and not that the operator must register")
    func assignWhileUnregistering() throws {
        let scene = try scene()
        scene.answersCommits = false
        _ = try scene.chat("unregister", from: "ben@home.test/x")
        _ = try scene.chat("yes", from: "ben@home.test/x")
        _ = try scene.chat("assign ben@home.test", from: Self.ops)
        _ = try scene.chat("+15550109", from: Self.ops)
        let answer = try scene.chat("done", from: Self.ops)
        #expect(answer == ["The data of ben@home.test are being removed or moved. Try again in a moment."])
    }

    @Test("an operator registers a user, and both are told")
    func assign() throws {
        let scene = try scene()
        let done = try scene.command("assign", by: Self.ops, ["user-jid": ["cid@home.test"], "phone": ["+15550102"]])
        #expect(done.words == ["cid@home.test is registered (Your number: +15550102)."])
        #expect(scene.saved("cid@home.test") == ["phone": "+15550102"])
        let told = try #require(scene.messages.first { $0.head.to?.description == "cid@home.test" })
        #expect(told.body?.hasPrefix("An operator of gw.test has registered you (Your number: +15550102).") == true)
        #expect(scene.opened.last?.id.user == UserID("cid@home.test"))
        let wrong = try scene.command("assign", by: Self.ops, ["user-jid": ["cid@home.test"], "phone": ["elephant"]])
        #expect(wrong.form?["phone"]?.explanation == "That is not a number.")
        let domain = try scene.command("assign", by: Self.ops, ["user-jid": ["home.test"], "phone": ["+15550103"]])
        #expect(domain.form?["user-jid"]?.explanation == "A user has an address such as anna@example.org.")
        let stranger = try scene.chat("assign x@stranger.test", from: Self.ops)
        #expect(stranger == ["x@stranger.test may not use this gateway. Add it to access.allow, or readmit it.\nUser:"])
    }
}
