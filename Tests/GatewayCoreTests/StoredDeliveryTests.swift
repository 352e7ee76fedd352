import GatewayKit
import Registry
import Testing
import XMPP

@testable import GatewayCore

@Suite("Messages to the network through the ledger")
struct StoredDeliveryTests {
    static let account = AccountRecord(
        gateway: "gw.test", user: UserID("anna@home.test"), network: nil, settings: ["phone": "+15550100"])

    static func scene(_ outbound: [OutboundEntry] = [], inbound: [InboundEntry] = [], online: Bool = true) throws
        -> Scene
    {
        let snapshot = GatewaySnapshot(accounts: [account], outbound: outbound, inbound: inbound)
        return try Scene(StoredRules(), snapshot: snapshot, online: online)
    }

    private func write(_ scene: Scene, receipt: Bool = true, id: String = "a1", to: String = "+15550199") throws {
        let request = receipt ? "<request xmlns='urn:xmpp:receipts'/>" : ""
        try scene.receive(
            from: "anna@home.test/phone",
            "<message to='\(to)@gw.test' type='chat' id='\(id)'><body>hello</body>\(request)</message>")
    }

    @Test("a message is stored and marked before it is handed over")
    func storedFirst() throws {
        let scene = try Self.scene()
        try write(scene)
        let request = try scene.takeRequest()
        guard case .appendOutbound(let entry) = scene.changes[0],
            case .advance(_, .handing, _, _, _, _, _) = scene.changes[1]
        else { return #expect(Bool(false), "changes: \(scene.changes)") }
        #expect(entry.id == request.id && entry.text == "hello" && entry.wantsReceipt)
        #expect(
            request.action
                == .send(.text(Text("hello")), to: .peer(PeerAddress(network: StoredRules.network, name: "+15550199"))))
        #expect(scene.takeSent().isEmpty, "the sender gets no receipt yet")
    }

    @Test("the receipt is sent once, with the delivery report")
    func receipt() throws {
        let scene = try Self.scene()
        try write(scene)
        let id = try scene.takeRequest().id
        scene.event(.outcome(id, .accepted(as: MessageID("p1"))), network: "phone")
        #expect(scene.messages.isEmpty)
        scene.event(.outcome(id, .delivered), network: "phone", token: 1)
        scene.event(.outcome(id, .delivered), network: "phone", token: 2)
        #expect(scene.storageAnswers == [StorageToken(1): .stored, StorageToken(2): .stored])
        let receipts = scene.messages
        try #require(receipts.count == 1)
        #expect(receipts[0].head.to?.description == "anna@home.test/phone")
        #expect(receipts[0].head.from?.description == "+15550199@gw.test")
        #expect(try Receipt(receipts[0].payload[0]) == .received(id: "a1"))
    }

    @Test("a receipt that was not requested is not sent")
    func noReceipt() throws {
        let scene = try Self.scene()
        try write(scene, receipt: false)
        let id = try scene.takeRequest().id
        scene.event(.outcome(id, .accepted(as: nil)), network: "phone")
        scene.event(.outcome(id, .delivered), network: "phone", token: 1)
        #expect(scene.messages.isEmpty)
    }

    @Test("a delivery report that overtakes the provider's answer counts")
    func overtakingReport() throws {
        let scene = try Self.scene()
        try write(scene)
        let id = try scene.takeRequest().id
        scene.event(.outcome(id, .delivered), network: "phone", token: 1)
        scene.event(.outcome(id, .accepted(as: nil)), network: "phone")
        #expect(scene.messages.count == 1)
    }

    @Test("a refusal comes back as an error with the original id")
    func refusal() throws {
        let scene = try Self.scene()
        try write(scene)
        let id = try scene.takeRequest().id
        scene.event(.outcome(id, .failed(Failure(.notFound, "no such number"))), network: "phone")
        let error = try #require(scene.messages.first)
        #expect(error.type == .error && error.head.id == "a1")
        #expect(error.stanzaError == StanzaError(.itemNotFound, "no such number"))
    }

    @Test("a message that the network has not taken is tried again, with longer waits, until it is too old")
    func retries() throws {
        let scene = try Self.scene()
        try write(scene)
        for attempt in 1...3 {
            let request = try scene.takeRequest()
            scene.event(
                .outcome(request.id, .failed(Failure(.remoteDown, "away", retry: .after(.seconds(1))))),
                network: "phone")
            scene.advance(by: .seconds(Double(1 << attempt) - 0.5))
            #expect(scene.requests.isEmpty, "attempt \(attempt) came too early")
            scene.advance(by: .seconds(0.5))
        }
        #expect(scene.messages.isEmpty)
        let last = try scene.takeRequest()
        scene.advance(by: .seconds(24 * 3600))
        scene.event(
            .outcome(last.id, .failed(Failure(.remoteDown, "away", retry: .after(.seconds(1))))), network: "phone")
        scene.advance(by: .seconds(60))
        #expect(scene.messages.first?.stanzaError?.condition == .remoteServerTimeout)
        #expect(scene.requests.isEmpty)
    }

    @Test("a message with an unknown outcome is not sent again, and its sender is told when no report has come")
    func unknownOutcome() throws {
        let scene = try Self.scene()
        try write(scene)
        let id = try scene.takeRequest().id
        scene.event(.outcome(id, .failed(Failure(.unknownOutcome, "no answer"))), network: "phone")
        scene.advance(by: .seconds(24))
        #expect(scene.messages.isEmpty)
        scene.advance(by: .seconds(1))
        #expect(scene.messages.first?.head.id == "a1")
        #expect(scene.messages.first?.stanzaError?.condition == .remoteServerTimeout)
        #expect(scene.requests.isEmpty)
    }

    @Test("a report from another account or on an unknown message changes nothing and is counted")
    func foreignReport() throws {
        let scene = try Self.scene()
        try write(scene)
        let id = try scene.takeRequest().id
        scene.event(.outcome(id, .accepted(as: nil)), network: "phone")
        scene.event(.outcome(id, .delivered), network: "another", token: 1)
        scene.event(.outcome(id, .failed(Failure(.notFound, "no"))), network: "another", token: 2)
        scene.event(.outcome(RequestID("nobody's"), .delivered), network: "phone", token: 3)
        #expect(scene.messages.isEmpty)
        #expect([1, 2, 3].allSatisfy { scene.storageAnswers[StorageToken($0)] == .stored })
        #expect(scene.counted.count { $0 == .unmatchedReports } == 3)
        scene.event(.outcome(id, .delivered), network: "phone", token: 4)
        #expect(scene.messages.map(\.type) == [.chat])
    }

    @Test("a report settles an unknown outcome")
    func settledOutcome() throws {
        let scene = try Self.scene()
        try write(scene)
        let id = try scene.takeRequest().id
        scene.event(.outcome(id, .failed(Failure(.unknownOutcome, "no answer"))), network: "phone")
        scene.event(.outcome(id, .delivered), network: "phone", token: 1)
        scene.advance(by: .seconds(3600))
        #expect(scene.messages.map(\.type) == [.chat])
    }

    @Test("a message is refused when the ledger cannot be written")
    func diskFull() throws {
        let scene = try Self.scene()
        scene.registryFailure = .unavailable("disk full")
        try write(scene)
        #expect(scene.requests.isEmpty)
        #expect(scene.messages.first?.stanzaError?.condition == .resourceConstraint)
        #expect(scene.messages.first?.head.id == "a1")
        #expect(scene.counted.contains(.notStored))
    }

    @Test("a report is offered again when it cannot be written")
    func reportRefused() throws {
        let scene = try Self.scene()
        try write(scene)
        let id = try scene.takeRequest().id
        scene.registryFailure = .unavailable("disk full")
        scene.event(.outcome(id, .delivered), network: "phone", token: 1)
        #expect(scene.storageAnswers[StorageToken(1)] == .refused(.registryAway))
        #expect(scene.messages.isEmpty)
    }

    @Test("the provider's answer is written when the registry is back")
    func answerWrittenLater() throws {
        let scene = try Self.scene()
        try write(scene)
        let id = try scene.takeRequest().id
        scene.registryFailure = .unavailable("disk full")
        scene.event(.outcome(id, .failed(Failure(.notFound, "no such number"))), network: "phone")
        #expect(scene.messages.isEmpty)
        scene.registryFailure = nil
        scene.advance(by: .seconds(5))
        #expect(scene.messages.first?.stanzaError?.condition == .itemNotFound)
    }

    @Test("the network's message id and its retry time are not lost while the registry is away")
    func nothingForgotten() throws {
        let scene = try Self.scene()
        try write(scene)
        let first = try scene.takeRequest().id
        try write(scene, id: "a2", to: "+15550198")
        let second = try scene.takeRequest().id
        scene.registryFailure = .unavailable("disk full")
        scene.event(.outcome(first, .accepted(as: MessageID("f1"))), network: "phone")
        scene.event(
            .outcome(second, .failed(Failure(.remoteDown, "away", retry: .after(.seconds(60))))), network: "phone")
        scene.registryFailure = nil
        scene.advance(by: .seconds(50))
        #expect(scene.ledger[first]?.foreignID == MessageID("f1") && scene.ledger[first]?.state == .accepted)
        #expect(scene.requests.isEmpty, "the network has asked for a wait of one minute")
        scene.advance(by: .seconds(15))
        #expect(try scene.takeRequest().id == second)
    }

    @Test("a restart hands over the waiting messages, and never a message that was handed over already")
    func restart() throws {
        let now = Timestamp(secondsSince1970: 1_767_268_700)
        func entry(_ id: String, _ state: OutboundEntry.State) -> OutboundEntry {
            OutboundEntry(
                id: RequestID(id), gateway: "gw.test",
                account: AccountID(user: UserID("anna@home.test"), network: StoredRules.network),
                localpart: "+15550199", text: id, sender: "anna@home.test/phone", recipient: "+15550199@gw.test",
                originID: "o-\(id)", wantsReceipt: false, state: state, attempts: state == .handing ? 1 : 0,
                createdAt: now, updatedAt: now)
        }
        let scene = try Self.scene([entry("w", .waiting), entry("h", .handing)])
        scene.advance(by: .seconds(1))
        #expect(scene.takeRequests().map(\.id) == [RequestID("w")])
        scene.advance(by: .seconds(15 * 60))
        #expect(scene.requests.isEmpty)
        #expect(scene.messages.map(\.head.id) == ["o-h"])
    }

    @Test("receipts wait while the home server is away")
    func receiptWhileOffline() throws {
        let scene = try Self.scene()
        try write(scene)
        let id = try scene.takeRequest().id
        scene.post(.linkClosed)
        scene.event(.outcome(id, .delivered), network: "phone", token: 1)
        #expect(scene.messages.isEmpty)
        scene.post(.linkOpened)
        #expect(scene.messages.count == 1)
    }

    @Test(
        "an outcome that an earlier run may not have told is told again until the home server has it",
        arguments: [true, false])
    func untold(isFailure: Bool) throws {
        let now = Timestamp(secondsSince1970: 1_767_268_700)
        let entry = OutboundEntry(
            id: RequestID("e"), gateway: "gw.test",
            account: AccountID(user: UserID("anna@home.test"), network: StoredRules.network),
            localpart: "+15550199", text: "", sender: "anna@home.test/phone", recipient: "+15550199@gw.test",
            originID: "o", wantsReceipt: true, state: isFailure ? .failed : .delivered, createdAt: now, updatedAt: now)
        let failure = isFailure ? Failure(.notFound, "no such number") : nil
        let snapshot = GatewaySnapshot(
            accounts: [Self.account], unreported: [UnreportedOutcome(entry, failure: failure)])
        let scene = try Scene(StoredRules(), snapshot: snapshot)
        let message = try #require(scene.messages.first)
        if isFailure {
            #expect(message.head.id == "o" && message.stanzaError?.condition == .itemNotFound)
        } else {
            #expect(try Receipt(message.payload[0]) == .received(id: "o"))
        }
        #expect(!scene.changes.contains(.reported([entry.id])))
        scene.post(.fenced(batch: 1, true))
        #expect(scene.changes.contains(.reported([entry.id])))
    }

    @Test("a user who is not registered is told so")
    func unregistered() throws {
        let scene = try Self.scene()
        try scene.receive(
            from: "bob@home.test/x", "<message to='+15550199@gw.test' type='chat' id='b'><body>x</body></message>")
        #expect(scene.messages.first?.stanzaError?.condition == .registrationRequired)
        #expect(scene.changes.isEmpty)
    }

    @Test("a message longer than the network takes is refused before it is stored")
    func tooLong() throws {
        let scene = try Self.scene()
        try write(scene)
        scene.capabilities = Capabilities([.text: .full], limits: Capabilities.Limits(textBytes: 4))
        let before = scene.changes.count
        try write(scene, id: "a2")
        #expect(scene.messages.first?.stanzaError?.condition == .policyViolation)
        #expect(scene.changes.count == before)
    }
}
