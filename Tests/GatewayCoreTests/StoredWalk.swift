import GatewayKit
import GatewayTesting
import Registry
import Testing
import XML
import XMPP

@testable import GatewayCore

/// A user who writes to phones while the network, the registry and the stream fail at random, and a record of the
/// outcomes that must follow.
final class StoredWalk {
    let scene: Scene
    private var random: SeededGenerator
    private var number = 0
    private var lastToken = 0
    private var isLinkOpen = true
    private var seenFences = 0
    /// Requests that the network has not answered.
    private var open: [Request] = []
    /// Messages that the network has taken and on which it may report.
    private var taken: [RequestID: String] = [:]

    private var messages: Set<String> = []
    private var known: Set<String> = []
    private var handed: [String: Int] = [:]
    /// The number of the latest message that was handed over for each recipient.
    private var latest: [Int: Int] = [:]
    /// Messages that must not be handed over again: the network may have them, or the sender has been told the outcome.
    private var settled: Set<String> = []
    private var accepted: Set<String> = []
    private var unknown: Set<String> = []
    private var delivered: Set<String> = []
    private var errors: [String: Int] = [:]
    private var receipts: Set<String> = []
    private var inbound: Set<String> = []
    private var heard: Set<String> = []

    init(seed: UInt64) throws {
        random = SeededGenerator(seed: seed)
        var limits = CoreSettings.Limits()
        limits.waitingPerUser = 20
        scene = try Scene(
            StoredRules(), snapshot: GatewaySnapshot(accounts: [StoredDeliveryTests.account]), limits: limits)
    }

    func step() throws {
        switch random.next() % 100 {
        case 0..<25: if isLinkOpen { try write() }
        case 25..<55: if !open.isEmpty { answer(open.remove(at: Int.random(in: 0..<open.count, using: &random))) }
        case 55..<65: report()
        case 65..<72: hear()
        case 72..<90: scene.advance(by: .seconds(Int.random(in: 1...20, using: &random)))
        case 90..<92: scene.advance(by: .seconds(1_000))
        case 92..<95: scene.registryFailure = scene.registryFailure == nil ? .unavailable("disk full") : nil
        case 95..<97: scene.setClock(by: Double(Int.random(in: -3600...3600, using: &random)))
        default: toggleLink()
        }
        if !isLinkOpen, random.chance(20) { toggleLink() }
        if random.chance(20) { scene.registryFailure = nil }
        collect()
    }

    private func write() throws {
        number += 1
        let id = "s\(number)"
        messages.insert(id)
        try scene.receive(
            from: "anna@home.test/a",
            "<message id='\(id)' type='chat'><body>\(id)</body><request xmlns='urn:xmpp:receipts'/></message>",
            to: "+1555019\(number % 4)@gw.test")
    }

    private func answer(_ request: Request) {
        guard case .send(.text(let words), to: _) = request.action else { return }
        let text = words.body
        switch random.next() % 10 {
        case 0..<5:
            accepted.insert(text)
            settled.insert(text)
            taken[request.id] = text
            post(.outcome(request.id, .accepted(as: nil)))
        case 5, 6: post(.outcome(request.id, .failed(Failure(.remoteDown, "away", retry: .after(.seconds(1))))))
        case 7:
            settled.insert(text)
            post(.outcome(request.id, .failed(Failure(.notFound, "no"))))
        case 8:
            unknown.insert(text)
            settled.insert(text)
            taken[request.id] = text
            post(.outcome(request.id, .failed(Failure(.unknownOutcome, "?"))))
        default:
            // The request is answered later. Meanwhile comes an outcome of an unknown request.
            open.append(request)
            post(.outcome(RequestID("none"), .failed(Failure(.notFound, "x"))))
        }
    }

    /// Sends a delivery report: new, repeated, or on an unknown message.
    private func report() {
        lastToken += 1
        guard random.chance(90), let (id, text) = taken.isEmpty ? nil : random.pick(taken) else {
            return post(.outcome(RequestID("none"), .delivered), token: lastToken)
        }
        post(.outcome(id, .delivered), token: lastToken)
        if scene.storageAnswers[StorageToken(lastToken)] == .stored { delivered.insert(text) }
    }

    private func hear() {
        lastToken += 1
        let text = "in\(Int.random(in: 0..<200, using: &random))"
        let peer = PeerAddress(network: StoredRules.network, name: "+15550199")
        post(.message(InboundMessage(from: .peer(peer), text: text, id: MessageID(text))), token: lastToken)
        if scene.storageAnswers[StorageToken(lastToken)] == .stored { inbound.insert(text) }
    }

    private func post(_ event: Event, token: Int? = nil) { scene.event(event, network: "phone", token: token) }

    private func toggleLink() {
        isLinkOpen.toggle()
        scene.post(isLinkOpen ? .linkOpened : .linkClosed)
    }

    private func collect() {
        for request in scene.takeRequests() {
            guard case .send(.text(let text), to: _) = request.action else { continue }
            #expect(!settled.contains(text.body), "\(text.body) was handed over again")
            handed[text.body, default: 0] += 1
            let number = Int(text.body.dropFirst()) ?? 0
            #expect(number >= latest[number % 4] ?? 0, "\(text.body) comes after a later message to the same person")
            latest[number % 4] = number
            open.append(request)
        }
        while seenFences < scene.fences.count {
            seenFences += 1
            scene.post(.fenced(batch: scene.fences[seenFences - 1], isLinkOpen))
        }
        for message in scene.messages {
            if message.type == .error {
                errors[message.head.id ?? "", default: 0] += 1
                settled.insert(message.head.id ?? "")
            } else if let receipt = message.first("received", namespace: Receipt.namespace) {
                receipts.insert(receipt[attribute: "id"] ?? "")
            } else if let body = message.body {
                heard.insert(body)
            }
        }
        scene.forgetSent()
    }

    /// Ends all faults, and then every open message.
    func end() throws {
        scene.registryFailure = nil
        if !isLinkOpen { toggleLink() }
        for _ in 0..<30 {
            collect()
            let waiting = open
            open = []
            for request in waiting { answer(request) }
            scene.advance(by: .seconds(7200))
        }
        // A session that closes reports an unknown outcome for each request that the network has not answered.
        for request in open { post(.outcome(request.id, .failed(Failure(.unknownOutcome, "?")))) }
        scene.advance(by: .seconds(24 * 3600))
        collect()
    }

    func check() {
        #expect(
            accepted.count > 50 && errors.count > 50 && heard.count > 50 && receipts.count > 20,
            "the walk has covered enough cases"
        )
        for id in messages {
            let isTold = errors[id] != nil
            if !accepted.contains(id), !delivered.contains(id), !unknown.contains(id), handed[id] == nil {
                #expect(isTold, "\(id) was lost before it was handed over")
            }
            if accepted.contains(id) { #expect(!isTold, "\(id) was accepted and refused") }
            if delivered.contains(id) { #expect(receipts.contains(id), "\(id) has no receipt") }
        }
        #expect(heard == inbound, "exactly the acknowledged messages were delivered")
        let left = scene.ledgerFeature.open.values
        #expect(scene.ledgerFeature.order.isEmpty)
        #expect(left.isEmpty && scene.ledgerFeature.unwrittenOutcomes.isEmpty, "\(left)")
        #expect(scene.outbox.unsent.isEmpty && scene.outbox.unfenced.isEmpty)
    }
}

@Suite("A random walk through the ledger")
struct StoredWalkTests {
    @Test(
        "no message is lost or handed over after its end, every delivery is told, and no state is left",
        arguments: UInt64(1)...6)
    func walk(seed: UInt64) throws {
        let walk = try StoredWalk(seed: seed)
        for _ in 0..<3_000 { try walk.step() }
        try walk.end()
        walk.check()
    }
}
