import Crypto
import NIOCore
import NIOPosix
import NIOSSL

/// An XMPP server that knows only one component (XEP-0114), whose secret is `secret`, and that speaks STARTTLS with it
/// (RFC 6120 §5).
package final class StartTLSServer: Sendable {
    /// The way in which the server treats a component.
    package struct Behaviour: Sendable {
        package enum Offer: Sendable {
            /// As Openfire does: no features before TLS, but the request is taken.
            case none
            /// In the features, which the header announces.
            case optional
        }

        package enum Answer: Sendable {
            case proceed, failure
            /// Consent with bytes in clear text behind it.
            case proceedWith(String)
        }

        package var offer = Offer.optional
        package var answer = Answer.proceed
        /// Whether the handshake is refused without TLS, as Openfire does it.
        package var demandsTLS = false
        /// PEM files.
        package var certificate: String
        package var key: String
        /// A PEM file of the certificates that components may show. Nil if they need none.
        package var clients: String?

        package init(certificate: String, key: String) {
            self.certificate = certificate
            self.key = key
        }
    }

    static let secret = "secret"

    package let port: Int
    package let stanzas: Mailbox<ComponentServer.Stanza>
    /// One word for each step of a stream: `connection`, `request`, `encrypted`, `open`, `refused`, `end`.
    package let events: Mailbox<String>
    private let listener: any Channel
    private let current: NIOLoopBoundBox<(any Channel)?>

    package static func start(
        _ behaviour: Behaviour, domain: String, logs: ServerLogs
    ) async throws -> StartTLSServer {
        let context = try context(of: behaviour)
        let stanzas = Mailbox<ComponentServer.Stanza>(owner: "the STARTTLS server", logs: logs)
        let events = Mailbox<String>(owner: "the STARTTLS server", logs: logs)
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        let current = NIOLoopBoundBox<(any Channel)?>.makeBoxSendingValue(nil, eventLoop: loop)
        let listener = try await ServerBootstrap(group: loop)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let stream = ComponentStream(behaviour, context, domain, stanzas, events) { current.value = $0 }
                    try channel.pipeline.syncOperations.addHandler(stream)
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        return StartTLSServer(listener, stanzas, events, current)
    }

    private init(
        _ listener: any Channel, _ stanzas: Mailbox<ComponentServer.Stanza>, _ events: Mailbox<String>,
        _ current: NIOLoopBoundBox<(any Channel)?>
    ) {
        self.listener = listener
        self.stanzas = stanzas
        self.events = events
        self.current = current
        port = listener.localAddress?.port ?? 0
    }

    private static func context(of behaviour: Behaviour) throws -> NIOSSLContext {
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: try NIOSSLCertificate.fromPEMFile(behaviour.certificate).map { .certificate($0) },
            privateKey: .privateKey(try NIOSSLPrivateKey(file: behaviour.key, format: .pem)))
        if let clients = behaviour.clients {
            configuration.certificateVerification = .noHostnameVerification
            configuration.trustRoots = .file(clients)
        }
        return try NIOSSLContext(configuration: configuration)
    }

    /// Writes text unchanged to the open stream.
    package func send(_ text: String) async throws {
        let current = current
        try await current.eventLoop.submit {
            guard let channel = current.value else { throw RigFailure("no component is connected") }
            channel.writeAndFlush(ByteBuffer(string: text), promise: nil)
        }.get()
    }

    /// Returns after the next step of that name.
    package func await(_ event: String, within limit: Duration = .patience) async throws {
        _ = try await events.first("the step “\(event)”", within: limit) { $0 == event }
    }

    package func stop() async { try? await listener.close() }
}

/// One connection of a component.
private final class ComponentStream: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let behaviour: StartTLSServer.Behaviour
    private let tls: NIOSSLContext
    private let domain: String
    private let stanzas: Mailbox<ComponentServer.Stanza>
    private let events: Mailbox<String>
    private let opened: ((any Channel)?) -> Void
    private var splitter = StanzaSplitter()
    private var isEncrypted = false
    /// Bytes are not read any more, because the server does not go on.
    private var isDeaf = false
    private var streamID = ""

    init(
        _ behaviour: StartTLSServer.Behaviour, _ tls: NIOSSLContext, _ domain: String,
        _ stanzas: Mailbox<ComponentServer.Stanza>, _ events: Mailbox<String>,
        opened: @escaping ((any Channel)?) -> Void
    ) {
        self.behaviour = behaviour
        self.tls = tls
        self.domain = domain
        self.stanzas = stanzas
        self.events = events
        self.opened = opened
    }

    func channelActive(context: ChannelHandlerContext) { events.receive("connection") }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isDeaf else { return }
        for part in splitter.take(unwrapInboundIn(data).readableBytesView) { react(to: part, context) }
    }

    func channelInactive(context: ChannelHandlerContext) {
        opened(nil)
        events.receive("end")
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    private func react(to part: String, _ context: ChannelHandlerContext) {
        if part.hasPrefix("<stream:stream") {
            write(header(), context)
        } else if part.hasPrefix("<starttls") {
            startTLS(context)
        } else if part.hasPrefix("<handshake") {
            authenticate(part, context)
        } else if let answer = ComponentServer.answer(toPing: part, of: domain) {
            write(answer, context)
        } else {
            stanzas.receive(ComponentServer.Stanza(text: part))
        }
    }

    private func header() -> String {
        streamID = "stream-\(UInt32.random(in: 0 ... .max))"
        if isEncrypted { events.receive("encrypted") }
        let offer = "<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>"
        let features = isEncrypted || behaviour.offer == .optional
        return "<?xml version='1.0'?><stream:stream xmlns='jabber:component:accept' "
            + "xmlns:stream='http://etherx.jabber.org/streams' from='\(domain)' id='\(streamID)'"
            + (features ? " version='1.0'>" : ">")
            + (features ? "<stream:features>\(isEncrypted ? "" : offer)<bind xmlns='urn:x'/></stream:features>" : "")
    }

    private func startTLS(_ context: ChannelHandlerContext) {
        events.receive("request")
        let consent = "<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>"
        switch behaviour.answer {
        case .failure:
            write("<failure xmlns='urn:ietf:params:xml:ns:xmpp-tls'/></stream:stream>", context)
            context.close(promise: nil)
        case .proceedWith(let text):
            isDeaf = true
            write(consent + text, context)
        case .proceed:
            write(consent, context)
            isEncrypted = true
            splitter = StanzaSplitter()
            let handler = NIOSSLServerHandler(context: tls)
            try? context.pipeline.syncOperations.addHandler(handler, position: .first)
        }
    }

    private func authenticate(_ part: String, _ context: ChannelHandlerContext) {
        let digest = part.prefix { $0 != "/" }.drop { $0 != ">" }.dropFirst().prefix { $0 != "<" }
        if behaviour.demandsTLS, !isEncrypted {
            refuse("TLS is mandatory, but was not established.", context)
        } else if digest == expectedDigest {
            write("<handshake></handshake>", context)
            opened(context.channel)
            events.receive("open")
        } else {
            refuse("", context)
        }
    }

    private var expectedDigest: String {
        Insecure.SHA1.hash(data: Array((streamID + StartTLSServer.secret).utf8))
            .map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    private func refuse(_ text: String, _ context: ChannelHandlerContext) {
        events.receive("refused")
        let namespace = "xmlns='urn:ietf:params:xml:ns:xmpp-streams'"
        write(
            "<stream:error><not-authorized \(namespace)/><text \(namespace)>\(text)</text></stream:error>"
                + "</stream:stream>", context)
        context.close(promise: nil)
    }

    private func write(_ text: String, _ context: ChannelHandlerContext) {
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: text)), promise: nil)
    }
}
