import Basics
import InMemoryLogging
import Logging
import NIOCore
import NIOPosix
import Networking
import Testing
import XML
import XMPP

@testable import ComponentLink

/// A call that a link has made to its delegate.
enum Told: Equatable, Sendable {
    case opened
    case closed(String)
    case stanza(Stanza)
    case turnEnded

    /// The words of `closed`; nil if it is something else.
    var reasonOfClosing: String? { if case .closed(let reason) = self { reason } else { nil } }
    var isPresence: Bool { if case .stanza(.presence) = self { true } else { false } }
}

extension EventLoopFuture where Value: Sendable {
    /// The value, or a failure if it is not there in time: a test that waits for ever does not say what is wrong.
    func value(within limit: TimeAmount = .seconds(45)) async throws -> Value {
        let promise = eventLoop.makePromise(of: Value.self)
        let timer = eventLoop.scheduleTask(in: limit) { promise.fail(NotInTime()) }
        whenComplete { result in
            timer.cancel()
            promise.completeWith(result)
        }
        return try await promise.futureResult.get()
    }
}

struct NotInTime: Error {}

extension Recorder {
    /// Keeps the link's reports about its pace, and the number of bytes that wait when it closes: soon after that it may
    /// be open again.
    func followPace(of link: ComponentLink) {
        onPace = { [unowned link, unowned self] in paces.append(link.isOutboundSlow) }
        onClose = { [unowned link, unowned self] in bytesAtClose = link.outboundBytes }
    }
}

/// A delegate that passes on every call, and may act on stanzas at once.
final class Recorder: ComponentLinkDelegate {
    private let told: AsyncStream<Told>.Continuation
    var onStanza: ((Stanza) -> Void)?
    var onTurnEnded: (() -> Void)?
    var onClose: (() -> Void)?
    var onPace: (() -> Void)?
    var paces: [Bool] = []
    var bytesAtClose: Int?
    /// The reasons why attempts to open the link have failed.
    var attempts: [String] = []

    init(_ told: AsyncStream<Told>.Continuation) { self.told = told }

    func linkDidOpen() { told.yield(.opened) }

    func linkDidClose(_ reason: String) {
        told.yield(.closed(reason))
        onClose?()
    }

    func linkDidNotOpen(_ reason: String) { attempts.append(reason) }

    func received(_ stanza: Stanza) {
        told.yield(.stanza(stanza))
        onStanza?(stanza)
    }

    func linkDidChangePace() { onPace?() }

    func turnEnded() {
        told.yield(.turnEnded)
        onTurnEnded?()
    }
}

/// A link on a loop of its own, with times in milliseconds.
final class LinkRig: Sendable {
    let loop: any EventLoop
    let log = InMemoryLogHandler.make()
    private let link: NIOLoopBoundBox<ComponentLink?>
    private let recorder: NIOLoopBound<Recorder>
    private let told: AsyncStream<Told>

    /// Starts a link to a port of this machine.
    init(port: Int, adjust: @escaping @Sendable (inout ComponentSettings) -> Void = { _ in }) async throws {
        loop = MultiThreadedEventLoopGroup.singleton.next()
        let (told, continuation) = AsyncStream<Told>.makeStream()
        self.told = told
        var settings = try ComponentSettings(
            domain: "IRC.test", server: Endpoint(host: "127.0.0.1", port: port), secret: Secret("harbour"),
            configurationPath: "gateways.irc.test")
        settings.timing.firstRetry = .milliseconds(2)
        settings.timing.slowestRetry = .milliseconds(4)
        adjust(&settings)
        let (loop, log) = (loop, log)
        let made = try await loop.submit { [settings] in
            let recorder = Recorder(continuation)
            var logger = Logger(label: "link") { _ in log }
            logger.logLevel = .debug
            let link = ComponentLink(
                settings: settings, eventLoop: loop, dialer: Dialer(), logger: logger, delegate: recorder)
            link.start()
            return (NIOLoopBoundBox<ComponentLink?>(link, eventLoop: loop), NIOLoopBound(recorder, eventLoop: loop))
        }.get()
        (link, recorder) = made
    }

    /// Runs something on the link's loop.
    @discardableResult
    func onLoop<T: Sendable>(_ work: @escaping @Sendable (ComponentLink, Recorder) throws -> T) async throws -> T {
        let (link, recorder) = (link, recorder)
        return try await loop.submit {
            guard let link = link.value else { throw Released() }
            return try work(link, recorder.value)
        }.get()
    }

    struct Released: Error {}

    /// Gives up the link.
    func release() async throws {
        let link = link
        try await loop.submit { link.value = nil }.get()
    }

    /// The delegate's next call, ends of turns left out.
    func next() async -> Told? {
        for await event in told where event != .turnEnded { return event }
        return nil
    }

    /// The delegate's next call.
    func nextOfAll() async -> Told? {
        for await event in told { return event }
        return nil
    }

    func close() async throws {
        let done = loop.makePromise(of: Void.self)
        try await onLoop { link, _ in link.close { done.succeed() } }
        try await done.futureResult.value()
    }

    /// Waits until the loop has handled the end of a connection that it has closed: the other side may see the end
    /// earlier than the loop, which handles it in the next turn.
    func handleEnd() async throws {
        for _ in 0..<2 { try await loop.submit {}.get() }
    }

    /// All log lines with their metadata.
    var lines: [String] { log.entries.map { "\($0.message) \($0.metadata)" } }

    /// The log lines at warning and above.
    var complaints: [String] { log.entries.filter { $0.level >= .warning }.map { "\($0.message)" } }
}

extension InMemoryLogHandler {
    fileprivate static func make() -> InMemoryLogHandler {
        var handler = InMemoryLogHandler()
        handler.logLevel = .debug
        return handler
    }
}

extension Stanza {
    /// A chat message from the component.
    static func chat(_ body: String, from: String = "anna%net@irc.test", to: String = "alice@example.test") throws
        -> Stanza
    {
        .message(
            Message(
                StanzaHead(to: try JID(to), from: try JID(from), id: body), type: .chat,
                payload: [Element("body", namespace: Stanza.namespace, text: body)]))
    }
}
