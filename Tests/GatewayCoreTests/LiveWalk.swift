import GatewayKit
import GatewayTesting
import Testing
import XML
import XMPP

@testable import GatewayCore

/// Users and a live network that act at random, and a record of the outcomes that must follow.
final class LiveWalk {
    let scene: Scene
    private var random: SeededGenerator
    private let hasOutages: Bool
    private var number = 0
    /// Requests that the network has not answered.
    private var open: [(account: AccountID, request: Request)] = []
    private var seenClosed = 0
    private var seenQueries = 0
    private var seenFences = 0
    private var isLinkOpen = true

    /// Ids of stanzas that must have exactly one answer, and of stanzas that must have none.
    private var queries: Set<String> = []
    private var unanswerable: Set<String> = []
    /// The text of each message, by the id of the stanza.
    private var messages: [String: String] = [:]
    /// Texts that the network has accepted, and how often each was handed over to it.
    private var accepted: Set<String> = []
    private var handedOver: [String: Int] = [:]
    private var answers: [String: Int] = [:]
    private var errors: [String: Int] = [:]
    private var reflections: [String: Int] = [:]

    private static let clients = ["anna", "ben", "cleo"].flatMap { user in
        ["a", "b", "c"].map { "\(user)@home.test/\($0)" }
    }
    private static let rooms = ["#r1%net", "#r2%net", "#r3%net", "#r1%other", "#r4%net"]
    private static let nicks = ["anna", "ben", "Bob", "eve", "x\u{1}", ""]

    init(seed: UInt64, hasOutages: Bool) throws {
        random = SeededGenerator(seed: seed)
        self.hasOutages = hasOutages
        scene = try Scene.live {
            $0.requestsPerUser = 12
            $0.roomsPerUser = 3
            $0.resourcesPerRoom = 2
            $0.contactsPerUser = 3
            $0.slice = 2
        }
    }

    func step() throws {
        switch random.next() % 100 {
        case 0..<45: if isLinkOpen { try userActs() }
        case 45..<75: answerOne()
        case 75..<92: networkActs()
        case 92..<96: scene.advance(by: .milliseconds(Int.random(in: 1...5_000, using: &random)))
        case 96..<97: scene.advance(by: .seconds(400))
        default: if hasOutages { try outage() }
        }
        if !isLinkOpen, random.chance(20) { try outage() }
        collect()
    }

    // MARK: Users

    private func userActs() throws {
        number += 1
        let id = "s\(number)"
        let client = random.pick(Self.clients)
        let room = random.pick(Self.rooms) + "@gw.test"
        let place = "\(room)/\(random.pick(["anna", "ben", "Bob"]))"
        let person = random.pick(["bob%net@gw.test", "eve%other@gw.test", "x%nowhere@gw.test", place])
        switch random.next() % 20 {
        case 0..<5: try send("<presence id='\(id)'><x xmlns='\(MUCJoin.namespace)'/></presence>", client, place)
        case 5..<7:
            unanswerable.insert(id)
            try send("<presence id='\(id)' type='unavailable'><status>bye</status></presence>", client, place)
        case 7..<11: try say(id, "groupchat", client, room)
        case 11..<13: try say(id, random.pick(["chat", "normal", "headline", "groupchat"]), client, person)
        case 13: try send("<presence id='\(id)'/>", client, random.pick([place, "gw.test", room]))
        case 14:
            let kind = random.pick(["subscribe", "unsubscribe", "probe", "subscribed"])
            try send(
                "<presence id='\(id)' type='\(kind)'/>", client, random.pick([person, room, "net@gw.test", "gw.test"]))
        case 15...17: try ask(id, client, random.pick([room, place, person, "gw.test", "net@gw.test", "%@gw.test"]))
        case 18:
            unanswerable.insert(id)
            let error = StanzaError(random.pick(StanzaError.Condition.allCases)).element
            let kind = random.pick(["message", "presence", "iq"])
            try send(
                "<\(kind) id='\(id)' type='error'>\(error.xml(defaultNamespace: ""))</\(kind)>", client, place)
        default:
            unanswerable.insert(id)
            try send("<iq id='\(id)' type='result'/>", client, random.pick([room, "gw.test"]))
        }
    }

    private func send(_ xml: String, _ from: String, _ to: String) throws {
        try scene.receive(from: from, xml, to: to)
        settle()
    }

    private func say(_ id: String, _ type: String, _ from: String, _ to: String) throws {
        messages[id] = "text \(id)"
        try send("<message id='\(id)' type='\(type)'><body>text \(id)</body></message>", from, to)
    }

    private func ask(_ id: String, _ from: String, _ to: String) throws {
        queries.insert(id)
        let (type, payload) = random.pick([
            ("get", "<ping xmlns='urn:xmpp:ping'/>"), ("get", "<query xmlns='\(DiscoInfo.namespace)'/>"),
            ("get", "<query xmlns='\(DiscoItems.namespace)'/>"), ("get", "<vCard xmlns='vcard-temp'/>"),
            ("set", "<unknown xmlns='urn:unknown'/>"),
            ("set", "<query xmlns='\(MUCAdmin.namespace)'><item nick='Bob' role='none'/></query>"),
            ("set", "<query xmlns='\(MUCAdmin.namespace)'><item nick='ben' role='none'/></query>"),
            ("set", "<query xmlns='jabber:iq:register'><nick>n</nick></query>"),
            ("set", "<query xmlns='jabber:iq:register'><remove/></query>"),
        ])
        try send("<iq id='\(id)' type='\(type)'>\(payload)</iq>", from, to)
    }

    // MARK: The network

    /// Answers one open request, not always the first.
    private func answerOne() {
        guard !open.isEmpty else { return }
        let index = random.chance(70) ? 0 : Int.random(in: 0..<min(4, open.count), using: &random)
        answer(open.remove(at: index), isDone: random.chance(75))
    }

    private func answer(_ asked: (account: AccountID, request: Request), isDone: Bool) {
        let (account, request) = asked
        guard isDone else {
            let failure = Failure(random.pick(Failure.Kind.allCases), "no")
            return post(account, .outcome(request.id, .failed(failure)))
        }
        switch request.action {
        case .join(let room, _): post(account, .room(room, .joined(joinedRoom(of: account))))
        case .leave(let room, let reason): post(account, .room(room, .left(.left(reason: reason))))
        case .send(.text(let text), to: _): accepted.insert(text.body)
        case .changeNick(let nick):
            let own = scene.nick(of: account) ?? ""
            for name in ["#r1", "#r2", "#r3"] {
                let room = RoomAddress(network: account.network, name: name)
                post(account, .room(room, .occupantRenamed(from: own, to: Scene.occupant(nick))))
            }
        default: break
        }
        post(account, .outcome(request.id, .accepted(as: nil)))
    }

    private func joinedRoom(of account: AccountID) -> JoinedRoom {
        let own = scene.nick(of: account) ?? "nobody"
        return JoinedRoom(
            nick: own, occupants: [own, random.pick(Self.nicks), "Bob"].map { Scene.occupant($0) }, topic: nil)
    }

    /// Reports an event that may contradict the state of the core.
    private func networkActs() {
        let account = AccountID(
            user: UserID(random.pick(["anna@home.test", "ben@home.test", "cleo@home.test", "nobody@home.test"])),
            network: NetworkID(random.pick(["net", "net", "other"])))
        let room = RoomAddress(network: account.network, name: random.pick(["#r1", "#r2", "#r3", "#unknown"]))
        let (nick, other) = (random.pick(Self.nicks), random.pick(Self.nicks))
        let peer = PeerAddress(network: account.network, name: "bob")
        switch random.next() % 16 {
        case 0...3: post(account, .message(InboundMessage(from: .room(room, nick: nick), text: "said")))
        case 4: post(account, .message(InboundMessage(from: .peer(peer), displayName: "Bob", text: "hey")))
        case 5, 6: post(account, .room(room, .occupantJoined(Scene.occupant(nick))))
        case 7: post(account, .room(room, .occupantLeft(nick: nick, .quit(reason: "q"))))
        case 8: post(account, .room(room, .occupantRenamed(from: nick, to: Scene.occupant(other))))
        case 9: post(account, .room(room, .occupantChanged(Scene.occupant(nick, .operator))))
        case 10: post(account, .room(room, .topicChanged(Topic(text: "t", author: nick))))
        case 11: post(account, .room(room, .joined(joinedRoom(of: account))))
        case 12:
            post(
                account, .room(room, .left(random.pick([.kicked(by: nick, reason: nil), .disconnected(reason: "d")]))))
        case 13: post(account, .state(.online(nick: random.pick(["anna", "ben"]))))
        case 14: post(account, .outcome(RequestID("unknown"), .failed(Failure(.notFound, "x"))))
        default:
            let isEnd = random.chance(40)
            post(account, .state(.offline(Failure(.remoteDown, "gone"), retrying: !isEnd)))
        }
    }

    private func post(_ account: AccountID, _ event: Event) {
        scene.post(.event(account, event, token: nil))
        settle()
    }

    // MARK: Consequences

    /// Takes the core's requests, queries and fences. A closed session fails its open requests (contract of adapters).
    private func settle() {
        let asked = scene.takeAsked()
        for (_, request) in asked {
            if case .send(.text(let text), to: _) = request.action { handedOver[text.body, default: 0] += 1 }
        }
        open += asked
        while seenClosed < scene.closed.count {
            let account = scene.closed[seenClosed]
            seenClosed += 1
            let failed = open.filter { $0.account == account }
            open.removeAll { $0.account == account }
            for (account, request) in failed {
                post(account, .outcome(request.id, .failed(Failure(.remoteDown, "closed"))))
            }
        }
        while seenQueries < scene.queries.count {
            let (iq, tag) = scene.queries[seenQueries]
            seenQueries += 1
            scene.post(.answered(tag, random.pick([iq.result(), iq.error(.notServed), nil])))
        }
        while seenFences < scene.fences.count {
            seenFences += 1
            scene.post(.fenced(batch: scene.fences[seenFences - 1], isLinkOpen))
        }
    }

    private func outage() throws {
        if isLinkOpen, random.chance(30) { return try scene.refuseLast() }
        isLinkOpen.toggle()
        scene.post(isLinkOpen ? .linkOpened : .linkClosed)
        settle()
    }

    private func collect() {
        settle()
        for stanza in scene.sent {
            #expect(stanza.head.from?.domain == "gw.test" && stanza.head.to != nil)
            guard let id = stanza.head.id else { continue }
            switch stanza {
            case .iq: answers[id, default: 0] += 1
            case .message(let message) where message.type == .error: errors[id, default: 0] += 1
            // A message that is sent again after a break has a delay stamp.
            case .message(let message) where message.type == .groupchat && !message.isDelayed:
                reflections["\(id) \(message.head.to?.description ?? "")", default: 0] += 1
            case .presence(let presence) where presence.type == .error: errors[id, default: 0] += 1
            default: break
            }
        }
        scene.forgetSent()
    }

    // MARK: The end

    /// Lets every client leave every room, answers all requests, and ends the networks.
    func end() throws {
        if !isLinkOpen { outageEnds() }
        for client in Self.clients {
            for room in Self.rooms + [
                "#r1%net", "#r2%net", "#r3%net", "#unknown%net", "#unknown%other", "#r2%other", "#r3%other",
            ] {
                try scene.receive(from: client, "<presence type='unavailable'/>", to: "\(room)@gw.test/anna")
                collect()
            }
        }
        while !open.isEmpty { answer(open.removeFirst(), isDone: true) }
        scene.endNetworks()
        settle()
        scene.advance(by: .seconds(600))
        collect()
    }

    private func outageEnds() {
        isLinkOpen = true
        scene.post(.linkOpened)
        collect()
    }

    func check() {
        // The walk must have covered enough cases.
        let counts = [queries.count, accepted.count, reflections.count, errors.count, seenClosed]
        #expect(counts.allSatisfy { $0 >= 15 }, "\(counts)")
        #expect(open.isEmpty, "no request is open")
        #expect(scene.kept.isEmpty, "a user is kept by \(scene.keepers), with the farewells \(scene.farewells)")
        #expect(scene.outbox.unsent.isEmpty)
        for id in queries { #expect(answers[id] == 1, "query \(id) has \(answers[id] ?? 0) answers") }
        for id in unanswerable { #expect(answers[id] == nil && errors[id] == nil, "\(id) must not be answered") }
        #expect(handedOver.values.allSatisfy { $0 == 1 }, "no text is handed over twice")
        for (id, text) in messages {
            let told = errors[id] ?? 0
            if accepted.contains(text) {
                #expect(told == 0, "\(id) was accepted and refused")
            } else {
                // An error that is unconfirmed at a break is sent again.
                #expect(told == 1 || hasOutages && told > 1, "\(id) was lost: \(told) errors")
            }
        }
        for (id, count) in reflections where id.hasPrefix("s") { #expect(count == 1, "\(id) was shown \(count) times") }
    }
}
