import Foundation
import GatewayKit
import Logging
import NIOCore

/// Puts the parts of long inbound texts together. Used on the gateway's loop.
///
/// A part is on disk before it is acknowledged (`StateEvent.keep`). When all parts of a text have come, or when the
/// wait for the missing parts is over, the text goes to the core as one message. The message has the id of the first of
/// these parts. A part is finished when the core has taken its text, or when nobody may get it. Its text is then
/// removed from disk, but its id stays until there are too many, so that a repeated part is recognised.
final class PartAssembly {
    /// The time for which a text waits for its missing parts.
    static let wait = TimeAmount.seconds(60)
    /// The time until the next attempt if the core has not taken a text.
    static let pause = TimeAmount.seconds(10)
    /// Maximum of parts that are remembered, finished ones included.
    static let most = 500
    /// Maximum of unfinished parts of one sender. Beyond it, the sender's own oldest text goes on without its missing
    /// parts, so that one phone cannot break the texts of others.
    static let mostOfSender = 100
    /// Parts beyond `most` that are stored while the core takes texts that make room.
    private static let reserve = 100
    /// Stands in a text for the missing parts.
    static let gap = " […] "

    /// The text to which a part belongs.
    struct Group: Hashable, Codable {
        let receiver: String
        /// The user who has the receiver's number. Nobody else gets the text.
        let user: String
        let sender: String
        let reference: String
        let count: Int
    }

    /// A part as it is stored on disk, in JSON. A finished part is stored as an empty value.
    private struct Kept: Codable {
        var group: Group
        var number: Int
        var text: String
        var name: String?
        var sentAt: Double?
    }

    /// The parts of a text that have come so far, by their number.
    private struct Assembly {
        var parts: [Int: (id: String, kept: Kept)] = [:]
        var timer: Scheduled<Void>?
        /// Texts that have begun earlier have smaller numbers.
        var age = 0
    }

    /// Calls `use` with the session of a number. If there is no session, calls `none` with the reason in place of it.
    typealias Find = (E164, _ none: @escaping (EventSink.StorageAnswer) -> Void, _ use: @escaping (SMSSession) -> Void)
        -> Void

    private let eventLoop: any EventLoop
    private let logger: Logger
    private let find: Find
    /// Returns any open session.
    private let any: () -> SMSSession?
    private var assemblies: [Group: Assembly] = [:]
    /// The ids of all parts that are on disk, finished ones included.
    private var known: Set<String> = []
    /// The ids of finished parts, oldest first.
    private var finished: [String] = []
    /// The ids of parts that are being stored.
    private var pending: Set<String> = []
    /// The number of texts that have begun.
    private var begun = 0

    private static let keptPrefix = "sms-part/"

    /// - Parameters:
    ///   - find: finds the session of a number.
    ///   - any: returns any open session. It removes the parts of a number that nobody has any more from disk.
    init(eventLoop: any EventLoop, logger: Logger, find: @escaping Find, any: @escaping () -> SMSSession?) {
        self.eventLoop = eventLoop
        self.logger = logger
        self.find = find
        self.any = any
    }

    /// Takes a part. `onAnswer` is called once, when the part is on disk, or was refused.
    func take(
        _ part: InboundPart, of message: InboundMessage, _ session: SMSSession,
        onAnswer: @escaping (EventSink.StorageAnswer) -> Void
    ) {
        guard let id = message.id?.rawValue, case .peer(let peer) = message.origin,
            case .text(let text) = message.content
        else { return session.received(message, onAnswer: onAnswer) }
        guard !known.contains(id) else { return onAnswer(.stored) }
        guard !pending.contains(id) else {
            return onAnswer(.refused(Failure(.rateLimited, "the same part is being stored")))
        }
        let group = Group(
            receiver: session.number.rawValue, user: session.user.rawValue, sender: peer.name,
            reference: part.reference, count: part.count)
        let kept = Kept(
            group: group, number: part.number, text: text.body, name: message.displayName,
            sentAt: message.sentAt?.secondsSince1970)
        // A part that cannot be kept goes to the core as a message of its own. A text in pieces is better than none.
        guard makeRoom(group.sender, session), let value = Self.value(kept) else {
            return session.received(message, onAnswer: onAnswer)
        }
        pending.insert(id)
        session.keep(value, for: Self.keptPrefix + id) { [self] answer in
            pending.remove(id)
            if answer == .stored {
                known.insert(id)
                add(id, kept)
            }
            onAnswer(answer)
        }
    }

    /// Goes on with the parts of an earlier run of the program.
    func recall(_ values: [String: String]) {
        for (key, value) in values where key.hasPrefix(Self.keptPrefix) {
            let id = String(key.dropFirst(Self.keptPrefix.count))
            known.insert(id)
            if let kept = try? JSONDecoder().decode(Kept.self, from: Data(value.utf8)) {
                add(id, kept)
            } else {
                finished.append(id)
            }
        }
    }

    private static func value(_ kept: Kept) -> String? {
        guard let data = try? JSONEncoder().encode(kept), data.count <= 1_000 else { return nil }
        return String(decoding: data, as: UTF8.self)
    }

    /// Makes room for one more part of a sender: forgets the oldest finished parts if there are too many parts. If all
    /// are unfinished, the oldest text of the sender with the most parts goes on without its missing parts. Returns
    /// false if there is no room all the same.
    private func makeRoom(_ sender: String, _ session: SMSSession) -> Bool {
        if unfinished(of: sender) >= Self.mostOfSender { deliverOldest(of: sender) }
        while known.count + pending.count >= Self.most {
            guard !finished.isEmpty else {
                busiestSender.map(deliverOldest)
                return known.count + pending.count < Self.most + Self.reserve
            }
            let oldest = finished.removeFirst()
            known.remove(oldest)
            session.keep(nil, for: Self.keptPrefix + oldest) { _ in }
        }
        return true
    }

    private func unfinished(of sender: String) -> Int {
        assemblies.reduce(0) { $0 + ($1.key.sender == sender ? $1.value.parts.count : 0) }
    }

    /// The sender with the most unfinished parts; nil if there are none.
    private var busiestSender: String? {
        let counts = assemblies.reduce(into: [String: Int]()) { $0[$1.key.sender, default: 0] += $1.value.parts.count }
        return counts.max { $0.value < $1.value }?.key
    }

    private func deliverOldest(of sender: String) {
        let own = assemblies.filter { $0.key.sender == sender }
        if let oldest = own.min(by: { $0.value.age < $1.value.age }) { deliver(oldest.key) }
    }

    private func add(_ id: String, _ kept: Kept) {
        let group = kept.group
        var assembly = assemblies[group] ?? newAssembly()
        // The place is taken, so the part belongs to another text: the provider uses references again after some time.
        // The missing parts of the first text will not come any more, so it goes to the core without them.
        if assembly.parts[kept.number] != nil {
            deliver(group)
            assembly = newAssembly()
        }
        assembly.parts[kept.number] = (id, kept)
        assemblies[group] = assembly
        guard assembly.parts.count < group.count else { return deliver(group) }
        if assembly.timer == nil { assemblies[group]?.timer = timer(Self.wait, group) }
    }

    private func newAssembly() -> Assembly {
        begun += 1
        return Assembly(age: begun)
    }

    private func timer(_ time: TimeAmount, _ group: Group) -> Scheduled<Void> {
        eventLoop.assumeIsolated().scheduleTask(in: time) { [weak self] in self?.deliver(group) }
    }

    /// Gives a text to the core. If the core does not take it, the parts stay on disk, and the next attempt follows
    /// after `pause`. If nobody has the number any more, or another user has it, the text is dropped.
    private func deliver(_ group: Group) {
        guard let assembly = assemblies.removeValue(forKey: group), let number = E164(group.receiver) else { return }
        assembly.timer?.cancel()
        let message = Self.message(group, assembly)
        if assembly.parts.count < group.count {
            logger.info(
                "a long text is delivered without its missing parts",
                metadata: ["parts": "\(assembly.parts.count) of \(group.count)"])
        }
        let retry: (EventSink.StorageAnswer) -> Void = { [weak self] answer in
            guard case .refused(let failure) = answer, failure.kind == .notFound else {
                self?.putBack(group, assembly)
                return
            }
            // Nobody has the number any more, so nobody may get the text.
            self?.finish(assembly, self?.any())
        }
        find(number, retry) { [weak self] session in
            guard session.user.rawValue == group.user else {
                self?.finish(assembly, session)
                return
            }
            session.received(message) { answer in
                guard case .stored = answer else { return retry(answer) }
                self?.finish(assembly, session)
            }
        }
    }

    /// Keeps the parts of a text that the core has not taken, together with the parts that have come meanwhile.
    private func putBack(_ group: Group, _ old: Assembly) {
        var assembly = assemblies[group] ?? Assembly(age: old.age)
        assembly.timer?.cancel()
        assembly.parts.merge(old.parts) { new, _ in new }
        assembly.timer = timer(Self.pause, group)
        assemblies[group] = assembly
    }

    /// Removes the texts of finished parts from disk, and remembers the ids of the parts.
    ///
    /// - Parameter session: stores that; without one, the next start reads the parts again.
    private func finish(_ assembly: Assembly, _ session: SMSSession?) {
        for (id, _) in assembly.parts.values.sorted(by: { $0.kept.number < $1.kept.number }) {
            finished.append(id)
            session?.keep("", for: Self.keptPrefix + id) { _ in }
        }
    }

    private static func message(_ group: Group, _ assembly: Assembly) -> InboundMessage {
        let parts = assembly.parts.values.sorted { $0.kept.number < $1.kept.number }
        var text = ""
        var next = 1
        for part in parts {
            if part.kept.number > next { text += gap }
            text += part.kept.text
            next = part.kept.number + 1
        }
        if next <= group.count { text += gap }
        return InboundMessage(
            from: .peer(PeerAddress(network: SMSRules.network, name: group.sender)),
            displayName: parts.first?.kept.name, text: text, id: parts.first.map { MessageID($0.id) },
            sentAt: parts.compactMap(\.kept.sentAt).min().map(Timestamp.init(secondsSince1970:)))
    }
}
