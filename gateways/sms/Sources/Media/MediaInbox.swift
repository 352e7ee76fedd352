import Basics
import GatewayKit
import HTTP
import Logging
import NIOCore

/// Brings the files of inbound messages to users: fetches them from the provider, keeps them in the media folder, and
/// shows each as a message behind the text. Used on the gateway's loop.
///
/// A message with files is on disk as a `MediaJob` before the provider's call is answered. A job that is not finished goes
/// on after a restart: ids of messages and names of files stay the same, so that the core recognises repeats. The jobs of
/// one sender to one number are done one after another, so that files come in their order; other senders do not wait.
final class MediaInbox {
    /// The waits before the attempts to fetch a file. After the last attempt, the user is told.
    static let waits: [Duration] = [.zero, .seconds(5), .seconds(30), .seconds(120), .seconds(600)]
    /// The time until the next attempt if the core does not take a message.
    static let pause = Duration.seconds(10)
    /// The greatest number of jobs, and of those of one sender to one number. A further message gets the provider's
    /// addresses as text.
    static let most = 1_000
    static let mostPerSender = 50
    /// How many finished jobs are remembered, so that a repeated call of the provider begins no new one.
    static let mostFinished = 1_000

    /// Calls `use` with the session of a number, or `none` with the reason if there is none.
    typealias Find = PartAssembly.Find

    /// The state of the first job of a lane.
    private struct Progress {
        var index = 0
        var isTextDone = false
        /// The number of attempts to fetch the file of `index`.
        var attempts = 0
    }

    private let folder: MediaFolder
    private let fetches: [String: MediaFetch]
    private let publicAddress: String
    private let eventLoop: any EventLoop
    private let clock: @Sendable () -> Timestamp
    private let logger: Logger
    private let find: Find
    private var lanes: [String: [MediaJob]] = [:]
    private var progress: [String: Progress] = [:]
    /// The names of the jobs in `lanes`, and of those that are being written.
    private var open: Set<String> = []
    private var finished: Set<String> = []
    private var finishedOrder: [String] = []
    private var isUsable = false

    /// - Parameters:
    ///   - fetches: how each account's files are fetched, by the account's name.
    ///   - publicAddress: the address at which `MediaServer` is reached, without `/` at its end.
    init(
        _ folder: MediaFolder, fetches: [String: MediaFetch], publicAddress: String, eventLoop: any EventLoop,
        clock: @escaping @Sendable () -> Timestamp, logger: Logger, find: @escaping Find
    ) {
        self.folder = folder
        self.fetches = fetches
        self.publicAddress = publicAddress
        self.eventLoop = eventLoop
        self.clock = clock
        self.logger = logger
        self.find = find
    }

    /// Opens the folder, and goes on with the jobs of an earlier run of the program. `opened` is called when that is done.
    func start(opened: @escaping () -> Void = {}) {
        let bound = NIOLoopBound((self, opened), eventLoop: eventLoop)
        folder.open { [eventLoop] jobs in
            eventLoop.execute {
                let (inbox, opened) = bound.value
                inbox.isUsable = jobs != nil
                for job in jobs ?? [] where inbox.open.insert(job.name).inserted { inbox.add(job) }
                inbox.pruneLater()
                opened()
            }
        }
    }

    private func pruneLater() {
        eventLoop.assumeIsolated().scheduleTask(in: .hours(1)) { [weak self] in
            self?.folder.prune()
            self?.pruneLater()
        }
    }

    /// Whether files of an account can be fetched from an address.
    func canFetch(_ url: String, of account: String) -> Bool {
        isUsable && open.count < Self.most && fetches[account]?.canFetch(url) == true
    }

    /// Whether one more message of a sender has room.
    func hasRoom(for job: MediaJob) -> Bool { lanes[job.lane, default: []].count < Self.mostPerSender }

    /// Takes a message with files. `onAnswer` is called when the job is on disk; if it cannot be written, `otherwise` is
    /// called in place of it, so that the message goes on without its files.
    func take(
        _ job: MediaJob, otherwise: @escaping () -> Void, onAnswer: @escaping (EventSink.StorageAnswer) -> Void
    ) {
        guard !finished.contains(job.name), !open.contains(job.name) else { return onAnswer(.stored) }
        open.insert(job.name)
        let bound = NIOLoopBound((self, otherwise, onAnswer), eventLoop: eventLoop)
        folder.keep(job) { [eventLoop] isKept in
            eventLoop.execute {
                let (inbox, otherwise, onAnswer) = bound.value
                guard isKept else {
                    inbox.open.remove(job.name)
                    return otherwise()
                }
                onAnswer(.stored)
                inbox.add(job)
            }
        }
    }

    private func add(_ job: MediaJob) {
        lanes[job.lane, default: []].append(job)
        if lanes[job.lane]?.count == 1 { goOn(job.lane) }
    }

    /// Does the next step of a lane's first job: its text, then its files.
    private func goOn(_ lane: String) {
        guard let job = lanes[lane]?.first else { return }
        let step = progress[lane] ?? Progress()
        progress[lane] = step
        guard step.isTextDone || !job.hasText else {
            return deliver(job.message, job) { [self] in
                progress[lane]?.isTextDone = true
                goOn(lane)
            }
        }
        guard step.index < job.files.count else { return finish(job) }
        let id = job.messageID(step.index)
        if let entry = folder.entry(for: id.rawValue) { return show(entry, job) }
        let file = job.files[step.index]
        // The layout of a message with several files (SMIL) is no file for people.
        if file.type?.lowercased().hasPrefix("application/smil") == true { return next(lane) }
        let wait = Self.waits[min(step.attempts, Self.waits.count - 1)]
        guard wait > .zero else { return fetch(file, id, job) }
        eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(wait)) { [weak self] in self?.fetch(file, id, job) }
    }

    private func next(_ lane: String) {
        progress[lane]?.index += 1
        progress[lane]?.attempts = 0
        goOn(lane)
    }

    private func fetch(_ file: InboundMedia, _ id: MessageID, _ job: MediaJob) {
        guard let fetch = fetches[job.account] else {
            return failed(MediaFetch.Problem(words: "the account is gone", isFinal: true), file, job)
        }
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        fetch.fetch(file.url) { [eventLoop, folder] result in
            switch result {
            case .failure(let problem): eventLoop.execute { bound.value.failed(problem, file, job) }
            case .success(let bytes) where Self.isLayout(bytes): eventLoop.execute { bound.value.next(job.lane) }
            case .success(let bytes):
                folder.store(bytes, for: id.rawValue) { entry in
                    eventLoop.execute {
                        guard let entry else {
                            let problem = MediaFetch.Problem(words: "the gateway cannot store it", isFinal: false)
                            return bound.value.failed(problem, file, job)
                        }
                        bound.value.show(entry, job)
                    }
                }
            }
        }
    }

    /// Whether the bytes are a layout (SMIL), whatever type the provider names.
    private static func isLayout(_ bytes: [UInt8]) -> Bool {
        MediaType.isMarkup(bytes) && String(decoding: bytes.prefix(512), as: UTF8.self).contains("<smil")
    }

    private func failed(_ problem: MediaFetch.Problem, _ file: InboundMedia, _ job: MediaJob) {
        let attempts = (progress[job.lane]?.attempts ?? 0) + 1
        progress[job.lane]?.attempts = attempts
        guard problem.isFinal || attempts >= Self.waits.count else { return goOn(job.lane) }
        logger.warning(
            "a file of a message cannot be fetched; the user gets its address",
            metadata: ["account": "\(job.account)", "why": "\(problem.words)", "attempts": "\(attempts)"])
        let index = progress[job.lane]?.index ?? 0
        let noun = file.type?.hasPrefix("image/") == true ? "picture" : "file"
        let words = "[A \(noun) of this message could not be fetched: \(problem.words). \(file.url)]"
        let message = self.message(.text(Text(MessageText.inbound(words))), index, job)
        deliver(message, job) { [self] in next(job.lane) }
    }

    private func show(_ entry: MediaFolder.Entry, _ job: MediaJob) {
        let index = progress[job.lane]?.index ?? 0
        let type = entry.type == .text ? "text/plain" : entry.type.name
        let file = File(
            at: publicAddress + "/" + entry.fileName, mediaType: type, size: entry.size,
            name: "\(entry.type.noun)-\(index + 1).\(entry.type.ending)")
        deliver(message(.file(file), index, job), job) { [self] in next(job.lane) }
    }

    private func message(_ content: Content, _ index: Int, _ job: MediaJob) -> InboundMessage {
        let isLate = clock().secondsSince1970 - job.receivedAt > WebhookReceiver.late
        return InboundMessage(
            from: job.message.origin, displayName: job.message.displayName, content, id: job.messageID(index),
            sentAt: job.message.sentAt ?? (isLate ? Timestamp(secondsSince1970: job.receivedAt) : nil))
    }

    /// Gives a message to the core until it is stored, and then calls `done`. If nobody has the number any more, or if
    /// another user has it, the whole job ends.
    private func deliver(_ message: InboundMessage, _ job: MediaJob, _ done: @escaping () -> Void) {
        guard let number = E164(job.number) else { return finish(job) }
        let answered: (EventSink.StorageAnswer) -> Void = { [weak self] answer in
            switch answer {
            case .stored: done()
            case .refused(let failure) where failure.kind == .notFound || failure.kind == .unsupported:
                self?.finish(job)
            case .refused: self?.deliverLater(message, job, done)
            }
        }
        find(number, answered) { [weak self] session in
            guard session.user.rawValue == job.user else {
                self?.finish(job)
                return
            }
            session.received(message, onAnswer: answered)
        }
    }

    private func deliverLater(_ message: InboundMessage, _ job: MediaJob, _ done: @escaping () -> Void) {
        eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(Self.pause)) { [weak self] in
            self?.deliver(message, job, done)
        }
    }

    private func finish(_ job: MediaJob) {
        folder.remove(job)
        open.remove(job.name)
        if finished.insert(job.name).inserted { finishedOrder.append(job.name) }
        if finishedOrder.count > Self.mostFinished { finished.remove(finishedOrder.removeFirst()) }
        progress[job.lane] = nil
        lanes[job.lane]?.removeFirst()
        if lanes[job.lane]?.isEmpty == true { lanes[job.lane] = nil } else { goOn(job.lane) }
    }
}
